// The tables of the relayer's database, beside those of the journal.
import { journalMigrations } from "@counterpoise/service-kit";

/**
 * Forward-only migrations: later releases append. The journal's come first; those that a later release adds to the journal are
 * appended here, after the relayer's.
 */
export const relayerMigrations: readonly string[] = [
  ...journalMigrations.slice(0, 2),
  `CREATE SEQUENCE order_sequence;
   CREATE TABLE orders (
     hash text PRIMARY KEY,
     market_id numeric(78) NOT NULL,
     account text NOT NULL,
     order_id numeric(78) NOT NULL,
     submission jsonb NOT NULL,
     is_resting boolean NOT NULL,
     is_for_keepers boolean NOT NULL,
     side text NOT NULL CHECK (side IN ('bid', 'ask')),
     price numeric(78) NOT NULL,
     trigger_price numeric(78) NOT NULL,
     expires_at numeric(78) NOT NULL,
     sequence bigint NOT NULL UNIQUE DEFAULT nextval('order_sequence'),
     is_booked boolean NOT NULL DEFAULT false,
     status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'requested', 'dropped', 'dead')),
     reason text,
     rest numeric(78) NOT NULL,
     filled numeric(78) NOT NULL DEFAULT 0,
     ended_block numeric(78),
     created_at timestamptz NOT NULL DEFAULT now(),
     updated_at timestamptz NOT NULL DEFAULT now(),
     CHECK (status = 'open' OR reason IS NOT NULL)
   );
   CREATE INDEX orders_live ON orders (market_id, sequence) WHERE status IN ('open', 'requested');
   CREATE INDEX orders_new ON orders (market_id, sequence) WHERE status = 'open' AND NOT is_booked;
   CREATE INDEX orders_account ON orders (account, sequence);
   CREATE INDEX orders_account_live ON orders (account) WHERE status IN ('open', 'requested');
   CREATE INDEX orders_ended ON orders (market_id, ended_block) WHERE status = 'dead';
   CREATE INDEX orders_id ON orders (account, order_id);
   CREATE TABLE matcher (
     market_id numeric(78) PRIMARY KEY,
     epoch bigint NOT NULL DEFAULT 0,
     sequence bigint NOT NULL DEFAULT 0,
     block_number numeric(78),
     block_hash text,
     seen_at timestamptz
   );
   CREATE TABLE settlement (
     id bigserial PRIMARY KEY,
     market_id numeric(78) NOT NULL,
     epoch bigint NOT NULL,
     state text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'succeeded', 'reverted', 'dropped', 'abandoned')),
     reason text,
     fills jsonb NOT NULL,
     created_at timestamptz NOT NULL DEFAULT now(),
     updated_at timestamptz NOT NULL DEFAULT now()
   );
   CREATE INDEX settlement_open ON settlement (market_id) WHERE state = 'planned';
   CREATE TABLE fill (
     transaction_hash text NOT NULL,
     log_index integer NOT NULL,
     market_id numeric(78) NOT NULL,
     block_number numeric(78) NOT NULL,
     block_hash text NOT NULL,
     order_hash text NOT NULL,
     account text NOT NULL,
     counterparty text NOT NULL,
     base numeric(78) NOT NULL,
     quote numeric(78) NOT NULL,
     price numeric(78) NOT NULL,
     relay_fee numeric(78) NOT NULL,
     is_own boolean NOT NULL,
     sequence bigint NOT NULL,
     PRIMARY KEY (transaction_hash, log_index)
   );
   CREATE INDEX fill_order ON fill (order_hash);
   CREATE INDEX fill_market ON fill (market_id, sequence);
   CREATE INDEX fill_block ON fill (market_id, block_number);
   CREATE TABLE event (
     market_id numeric(78) NOT NULL,
     sequence bigint NOT NULL,
     type text NOT NULL,
     data jsonb NOT NULL,
     PRIMARY KEY (market_id, sequence)
   );`,
];
