package io.dotfs.daemon.api;

/** The answer of a verb that has nothing to tell but its success; also the empty request. */
public record Done() {}
