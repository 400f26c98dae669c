#pragma once

namespace thaw::ops {

/// When a layer that behaves differently in training does so.
enum class Phase {
  inference,  ///< never: under training=False, or frozen
  training,   ///< always
  by_run,     ///< in fit, not in evaluate and predict
};

}  // namespace thaw::ops
