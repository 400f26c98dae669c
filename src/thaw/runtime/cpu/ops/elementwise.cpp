#include <algorithm>
#include <cmath>

#include "thaw/runtime/cpu/kernel.h"

namespace thaw::cpu {
namespace {

using Kind = ops::Elementwise::Kind;

float power(float x, float exponent) {
  if (exponent == 2.0F) return x * x;
  if (exponent == 1.0F) return x;
  if (exponent == 0.5F) return std::sqrt(x);
  if (exponent == -0.5F) return 1.0F / std::sqrt(x);
  if (exponent == -1.0F) return 1.0F / x;
  return std::pow(x, exponent);
}

float compute(const ops::Elementwise& op, float x) {
  switch (op.kind) {
    case Kind::absolute:
      return std::abs(x);
    case Kind::logarithm:
      return std::log(x);
    case Kind::power:
      return power(x, op.exponent);
    case Kind::clip:
      return std::min(std::max(x, op.lowest), op.highest);
    case Kind::floor:
      return std::floor(x);
    case Kind::round:
      return std::nearbyint(x);
    case Kind::sign:
      return static_cast<float>(static_cast<int>(x > 0) - static_cast<int>(x < 0));
    case Kind::stop_gradient:
      return x;
  }
  return x;
}

float derivative(const ops::Elementwise& op, float x) {
  switch (op.kind) {
    case Kind::absolute:
      return x == 0 ? 0.0F : std::copysign(1.0F, x);
    case Kind::logarithm:
      return 1.0F / x;
    case Kind::power:
      return op.exponent == 0 ? 0.0F : op.exponent * power(x, op.exponent - 1.0F);
    case Kind::clip:
      return x >= op.lowest && x <= op.highest ? 1.0F : 0.0F;
    case Kind::floor:
    case Kind::round:
    case Kind::sign:
    case Kind::stop_gradient:
      return 0.0F;
  }
  return 1.0F;
}

class ElementwiseKernel final : public Kernel {
 public:
  ElementwiseKernel(const ops::Elementwise& op, NodeRef node) : op_(op), node_(node) {}

  void forward(Emitter& emit) override {
    source_ = emit.value(node_.input(0), emit.plain_desc(node_.input(0)));
    const BufferId result = emit.new_value(node_.value, emit.plain_desc(node_.value));
    emit.program.add(Section::forward, "Elementwise " + node_.node.name, {source_, result},
                     [op = op_, count = count(emit)](const std::vector<float*>& data) {
#pragma omp parallel for schedule(static)
                       for (int64_t i = 0; i < count; ++i) data[1][i] = compute(op, data[0][i]);
                     });
  }

  void backward(Emitter& emit) override {
    const BufferId above = emit.gradient(node_.value, emit.plain_desc(node_.value));
    const BufferId gradient = emit.program.temporary(emit.plain_desc(node_.input(0)));
    emit.program.add(Section::backward, "Elementwise gradient " + node_.node.name,
                     {source_, above, gradient},
                     [op = op_, count = count(emit)](const std::vector<float*>& data) {
#pragma omp parallel for schedule(static)
                       for (int64_t i = 0; i < count; ++i)
                         data[2][i] = data[1][i] * derivative(op, data[0][i]);
                     });
    emit.add_gradient(node_.input(0), gradient);
  }

 private:
  int64_t count(const Emitter& emit) const { return emit.batch() * node_.node.shape.elements(); }

  ops::Elementwise op_;
  NodeRef node_;
  BufferId source_;
};

}  // namespace

template <>
std::unique_ptr<Kernel> make_kernel(const ops::Elementwise& op, NodeRef node) {
  return std::make_unique<ElementwiseKernel>(op, node);
}

}  // namespace thaw::cpu
