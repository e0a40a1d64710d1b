/** What tests of mounts share: conditions, child processes, mounts that always go away again. */
@NullMarked
package io.dotfs.fusefs.testing;

import org.jspecify.annotations.NullMarked;
