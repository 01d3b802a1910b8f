import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';

export const finish = defineSignal('finish');
export const add = defineSignal('add');
export const total = defineQuery('total');
export const set = defineUpdate('set');
