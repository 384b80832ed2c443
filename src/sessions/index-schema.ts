/** Counted up whenever a table changes: an index of another version is built anew. */
export const SCHEMA_VERSION = 3;

/** docs/session-log.md explains every column. */
export const SCHEMA = `
CREATE TABLE sessions (
  id TEXT PRIMARY KEY, name TEXT, mode TEXT, started_at INTEGER, started TEXT, duration_ms REAL,
  command TEXT, cwd TEXT, git_commit TEXT, dirty INTEGER, parent TEXT, parent_step INTEGER,
  calls INTEGER, errors INTEGER, web_sockets INTEGER, input_tokens INTEGER, output_tokens INTEGER,
  cost_usd REAL, cost_incomplete INTEGER, models TEXT,
  exit_code INTEGER, exit_signal TEXT, sealed INTEGER
);
CREATE TABLE calls (
  session TEXT, seq INTEGER, at_ms REAL, provider TEXT, dialect TEXT, operation TEXT,
  model TEXT, request_model TEXT, host TEXT, path TEXT, status INTEGER, stream INTEGER,
  finish_reason TEXT, input_tokens INTEGER, cached_tokens INTEGER, cache_write_tokens INTEGER,
  output_tokens INTEGER, reasoning_tokens INTEGER, cost_usd REAL, latency_ms REAL, ttft_ms REAL,
  messages INTEGER, tool_calls INTEGER, error_type TEXT, error TEXT, match TEXT,
  PRIMARY KEY (session, seq)
);
CREATE TABLE tools (
  session TEXT, seq INTEGER, position INTEGER, name TEXT, call_id TEXT, arguments TEXT,
  PRIMARY KEY (session, seq, position)
);
CREATE TABLE indexed (session TEXT PRIMARY KEY, size INTEGER, mtime REAL);
CREATE TABLE priced (by TEXT);
CREATE INDEX calls_model ON calls (model);
CREATE INDEX tools_name ON tools (name);
PRAGMA user_version = ${SCHEMA_VERSION};
`;
