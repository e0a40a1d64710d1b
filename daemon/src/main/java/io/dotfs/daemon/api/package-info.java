/**
 * The control protocol between {@code dm} and the daemon: records of every request and answer, the
 * codec that turns them into JSON, and the client.
 *
 * <p>Each verb is {@code POST /v1/<verb>} with one JSON object over HTTP/1.1 on a Unix socket. The
 * answer is one JSON object, or, for long work, {@code application/x-ndjson}: lines with the single
 * field {@code progress}, then exactly one line with {@code result} or {@code error}. Field names
 * are the records' component names and never change their meaning.
 *
 * <p>Main types: {@link io.dotfs.daemon.api.DaemonClient}, {@link
 * io.dotfs.daemon.api.DaemonLauncher}, {@link io.dotfs.daemon.api.Verb}. Imports nothing of this
 * project and, since a cold start of the client pays for every class, nothing but jackson-core.
 */
@NullMarked
package io.dotfs.daemon.api;

import org.jspecify.annotations.NullMarked;
