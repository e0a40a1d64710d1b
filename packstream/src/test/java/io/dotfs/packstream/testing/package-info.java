/**
 * What the transfer tests of this module and of the hub share: small homes, and connections that
 * break.
 */
@org.jspecify.annotations.NullMarked
package io.dotfs.packstream.testing;
