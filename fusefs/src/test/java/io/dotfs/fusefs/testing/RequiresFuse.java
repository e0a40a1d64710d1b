package io.dotfs.fusefs.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Tests that mount: skipped where this process cannot. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("mount")
@ExtendWith(RequiresFuse.Condition.class)
public @interface RequiresFuse {
  /** Looks for the device. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      Path device = Path.of("/dev/fuse");
      return Files.isReadable(device) && Files.isWritable(device)
          ? ConditionEvaluationResult.enabled("/dev/fuse is there")
          : ConditionEvaluationResult.disabled("/dev/fuse is missing or may not be opened");
    }
  }
}
