CREATE TABLE users (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  name       TEXT    NOT NULL UNIQUE,
  created_at INTEGER NOT NULL -- seconds since 1970
);

CREATE TABLE api_keys (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  sha256     BLOB    NOT NULL UNIQUE, -- of the key's text; a key has 256 random bits
  created_at INTEGER NOT NULL
);

CREATE INDEX api_keys_by_user ON api_keys (user_id);

CREATE TABLE dots (
  id         INTEGER PRIMARY KEY AUTOINCREMENT, -- also the name of its directory; never used again
  namespace  TEXT    NOT NULL,
  name       TEXT    NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (namespace, name)
);

CREATE TABLE grants (
  dot_id  INTEGER NOT NULL REFERENCES dots (id) ON DELETE CASCADE,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  access  TEXT    NOT NULL CHECK (access IN ('owner', 'write', 'read')),
  PRIMARY KEY (dot_id, user_id)
) WITHOUT ROWID;

CREATE INDEX grants_by_user ON grants (user_id);

CREATE TABLE refs (
  dot_id INTEGER NOT NULL REFERENCES dots (id) ON DELETE CASCADE,
  name   TEXT    NOT NULL,
  value  BLOB    NOT NULL CHECK (length(value) = 32),
  PRIMARY KEY (dot_id, name)
) WITHOUT ROWID;

CREATE TABLE reflog (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  dot_id  INTEGER NOT NULL REFERENCES dots (id) ON DELETE CASCADE,
  name    TEXT    NOT NULL,
  seconds INTEGER NOT NULL,
  nanos   INTEGER NOT NULL,
  before  BLOB,
  after   BLOB,
  reason  TEXT    NOT NULL
);

CREATE INDEX reflog_by_ref ON reflog (dot_id, name, id);
