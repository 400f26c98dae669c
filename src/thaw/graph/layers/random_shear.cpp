#include "thaw/graph/layer_support/image_layer.h"

namespace thaw {
namespace layers {
namespace {

/// In fit shears each image by parts drawn from x_factor and y_factor, both to either side;
/// otherwise y = x. fill_mode: reflect, wrap, constant (fill_value), nearest.
struct RandomShear {
  Factor x_factor = {};
  Factor y_factor = {};
  std::string interpolation = "bilinear";
  std::string fill_mode = "reflect";
  float fill_value = 0.0F;
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("x_factor", x_factor);
    visit("y_factor", y_factor);
    visit("interpolation", interpolation);
    visit("fill_mode", fill_mode);
    visit("fill_value", fill_value);
  }
  ops::RandomAffine operation() const;
};

ops::RandomAffine RandomShear::operation() const {
  // Of one number Keras writes ± that, which it then refuses to read.
  return {.shear_rows = range_of(y_factor, -1, 1),
          .shear_columns = range_of(x_factor, -1, 1),
          .interpolation = simple_interpolation_of(interpolation),
          .fill = fill_mode_of(fill_mode),
          .fill_value = fill_value};
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType random_shear;
constinit const LayerType random_shear{
    "RandomShear",
    &layers::read_image_layer<layers::ImageLayer<layers::RandomShear>, random_shear>};
}  // namespace layer_types

}  // namespace thaw
