/**
 * Signatures of commits and tags as OpenSSH makes them (PROTOCOL.sshsig), with Ed25519 keys: what
 * the user's key file or agent signs, and who may have signed. The format page is
 * objectstore/FORMAT.md, "Signatures".
 *
 * <p>Main class: {@link io.dotfs.cli.signing.SshSignature}. May import nothing of the product but
 * {@code daemon.api}.
 */
@NullMarked
package io.dotfs.cli.signing;

import org.jspecify.annotations.NullMarked;
