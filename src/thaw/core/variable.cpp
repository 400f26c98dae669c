#include "thaw/core/variable.h"

#include "thaw/core/error.h"

namespace thaw {

Tensor& Variable::value() {
  if (value_.empty() && shape_.elements() > 0) value_ = initial_(seed_);
  return value_;
}

void Variable::assign(const Tensor& value) {
  if (value.shape() != shape_) {
    throw Error("expected shape " + shape_.to_string() + ", received " + value.shape().to_string());
  }
  value_ = value.clone();
}

void Variable::reset(uint64_t seed) {
  seed_ = seed;
  value_ = {};
}

}  // namespace thaw
