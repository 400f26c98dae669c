#pragma once

#include <cstdint>

namespace thaw {
class Shape;
}  // namespace thaw

namespace thaw::layers {

/// The axis of `shape` that Keras calls `axis`: Keras counts the batch axis (and from the end below
/// 0), our shapes leave it out. Throws Error for one that a batch of `shape` does not have, and for
/// the batch axis itself.
int axis_without_batch(int64_t axis, const Shape& shape);

}  // namespace thaw::layers
