#include "thaw/heads/linear_head.h"

#include <fmt/format.h>

#include "thaw/core/error.h"
#include "thaw/heads/algebra/matrix.h"

namespace thaw {
namespace {

/// So many rows at once, so that little is held in double precision.
constexpr int64_t rows_at_once = 1024;

}  // namespace

Tensor LinearHead::logits(const Tensor& features) const {
  if (features.shape().rank() != 2 || features.shape()[1] != kernel.shape()[0])
    throw Error(fmt::format("features: expected {} columns, as the head has rows, received {}",
                            kernel.shape()[0], features.shape().to_string()));
  const int64_t images = features.shape()[0];
  const algebra::Matrix weights = algebra::matrix_of(kernel);
  const algebra::Vector offsets = algebra::matrix_of(bias.reshaped({1, bias.elements()})).row(0);
  Tensor result({images, kernel.shape()[1]});
  for (int64_t first = 0; first < images; first += rows_at_once) {
    const int64_t count = std::min(rows_at_once, images - first);
    const algebra::Matrix some =
        (algebra::matrix_of(features.rows(first, count)) * weights).rowwise() + offsets.transpose();
    Tensor part = result.rows(first, count);
    algebra::store(some, part);
  }
  return result;
}

LinearHead at_temperature(const LinearHead& head, double temperature) {
  LinearHead result{.kernel = head.kernel.clone(), .bias = head.bias.clone()};
  for (Tensor* tensor : {&result.kernel, &result.bias}) {
    for (float& value : tensor->values()) value = static_cast<float>(value / temperature);
  }
  return result;
}

LinearHead mean_of(std::span<const LinearHead> heads) {
  if (heads.empty()) throw UsageError("mean of heads: expected at least one, received none");
  const LinearHead& first = heads.front();
  LinearHead result{.kernel = Tensor(first.kernel.shape()), .bias = Tensor(first.bias.shape())};
  const auto count = static_cast<double>(heads.size());
  for (auto part : {&LinearHead::kernel, &LinearHead::bias}) {
    for (const LinearHead& head : heads) {
      if ((head.*part).shape() != (first.*part).shape())
        throw UsageError(fmt::format("mean of heads: expected shape {} of all, received {}",
                                     (first.*part).shape().to_string(),
                                     (head.*part).shape().to_string()));
    }
    for (size_t i = 0; i < (first.*part).values().size(); ++i) {
      double sum = 0;
      for (const LinearHead& head : heads) sum += (head.*part).values()[i];
      (result.*part).values()[i] = static_cast<float>(sum / count);
    }
  }
  return result;
}

}  // namespace thaw
