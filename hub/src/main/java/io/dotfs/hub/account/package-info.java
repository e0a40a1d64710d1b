/**
 * Who may do what: users, API keys and grants, in SQL. {@link io.dotfs.hub.account.Accounts} is the
 * main type, {@link io.dotfs.hub.account.HubDatabase} the database that it shares with {@code
 * hosting}. Imports packstream's {@code DotName}.
 */
@NullMarked
package io.dotfs.hub.account;

import org.jspecify.annotations.NullMarked;
