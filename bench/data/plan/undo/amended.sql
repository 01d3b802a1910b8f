update amended set rank = rank - 1;
