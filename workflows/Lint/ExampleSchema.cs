namespace Orchestrator.Workflows.Lint;

/// <summary>The tables that the examples of the rules stand on: there before the plan, with rows and with users.</summary>
public static class ExampleSchema
{
    public const string Sql =
        """
        create type order_status as enum ('new', 'paid');
        create domain email_address as text;
        create sequence invoice_numbers;

        create table customers (
          id bigint primary key,
          email varchar(100) not null,
          country text default 'ID',
          note text
        );
        create unique index customers_email on customers (email);
        create unique index customers_note on customers (note);

        create table orders (
          id bigint primary key,
          customer_id bigint,
          status order_status not null default 'new',
          placed_at timestamptz,
          total numeric(10, 2),
          gross numeric generated always as (total * 1.1) stored,
          reference varchar(20),
          legacy_code text,
          quantity integer not null default 1
        );
        create index orders_customer_id on orders (customer_id);
        alter table orders add constraint orders_total_positive check (total >= 0);

        create table events (id bigint, at timestamptz not null, payload text) partition by range (at);
        create table events_2025 partition of events for values from ('2025-01-01') to ('2026-01-01');
        create table events_2026 (id bigint, at timestamptz not null, payload text);

        create view open_orders as select id, total from orders where status = 'new';
        create materialized view order_totals as select customer_id, sum(total) as total from orders group by customer_id;
        create unique index order_totals_customer_id on order_totals (customer_id);

        create function touch() returns trigger language plpgsql as 'begin return new; end';
        create trigger orders_touch before update on orders for each row execute function touch();
        create schema attic;

        insert into customers (id, email, note) select n, 'c' || n || '@example.com', n from generate_series(1, 200) n;
        insert into orders (id, customer_id, placed_at, total) select n, 1 + n % 200, now(), n from generate_series(1, 2000) n;
        insert into events_2026 (id, at) values (1, '2026-06-01');
        """;
}
