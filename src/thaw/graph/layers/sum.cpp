#include "thaw/graph/describe.h"
#include "thaw/graph/layer_support/reduce.h"

namespace thaw {
namespace layers {
namespace {

/// The sum along axes (the batch axis is 0, −1 the last), which stay as 1 where `keepdims`: Keras
/// 3's operation of this name.
struct Sum {
  std::vector<int64_t> axis = {};
  bool keepdims = false;
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("axis", axis);
    visit("keepdims", keepdims);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

Shape Sum::output_shape(const Shape& x) const { return reduced_shape(x, axis, keepdims); }

ops::Value Sum::lower(const LowerContext& context, ops::Value x) const {
  return reduce(context, ops::Reduce::Kind::sum, x, axis, keepdims);
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType sum;
constinit const LayerType sum{"Sum", &read_definition<layers::Sum, sum>, "keras.src.ops.numpy"};
}  // namespace layer_types

}  // namespace thaw
