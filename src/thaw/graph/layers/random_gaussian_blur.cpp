#include "thaw/graph/layer_support/image_layer.h"

namespace thaw {
namespace layers {
namespace {

/// In fit, with a probability drawn from `factor`, blurs by a Gaussian of kernel_size, whose
/// deviations are drawn from `sigma` for the batch; otherwise y = x.
struct RandomGaussianBlur {
  Factor factor = 1.0F;
  Size2 kernel_size = {3, 3};
  Factor sigma = 1.0F;
  std::vector<float> value_range = {0.0F, 255.0F};
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("factor", factor);
    visit("kernel_size", kernel_size);
    visit("sigma", sigma);
    visit("value_range", value_range);
  }
  ops::RandomChange operation() const;
};

ops::RandomChange RandomGaussianBlur::operation() const {
  const auto fits = [](int64_t size) { return size >= 1 && size <= 999 && size % 2 == 1; };
  if (!fits(kernel_size.height) || !fits(kernel_size.width)) {
    throw Error(
        fmt::format("expected a kernel_size of odd numbers from 1 to 999, received {} and {}",
                    kernel_size.height, kernel_size.width));
  }
  return {.kind = ops::RandomChange::Kind::blur,
          .probability = drawn_range_of(factor, 0, 1),
          .amount = drawn_range_of(sigma, 0, 1),
          .limits = limits_of(value_range),
          .kernel = kernel_size};
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType random_gaussian_blur;
constinit const LayerType random_gaussian_blur{
    "RandomGaussianBlur", &layers::read_image_layer<layers::ImageLayer<layers::RandomGaussianBlur>,
                                                    random_gaussian_blur>};
}  // namespace layer_types

}  // namespace thaw
