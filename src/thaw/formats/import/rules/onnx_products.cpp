// ONNX's products of matrices.
#include <fmt/format.h>

#include "thaw/core/error.h"
#include "thaw/formats/import/rule.h"

namespace thaw::foreign {
namespace {

Value number(double value) { return Assembler::known(Array::scalar(static_cast<float>(value))); }

/// A factor that files hold as a float; 1 leaves the value, and its name, as they are.
Value times(const RuleCall& call, const Value& x, double factor) {
  return factor == 1 ? x : call.make.binary(Binary::multiply, x, number(factor));
}

/// Whether `c` is known and says one number for each of the `units` or one for all.
bool is_bias(const RuleCall& call, const Value& c, int64_t units) {
  if (!c.is_known()) return false;
  const Shape shape = call.make.shape_of(c);
  const int64_t count = shape.elements();
  return count == 1 || (count == units && shape.rank() > 0 && shape.last() == units);
}

/// alpha·a·b + beta·c, a and b of rank 2 and transposed where transA, transB say so.
std::vector<Value> general_product(const RuleCall& call) {
  Assembler& make = call.make;
  Value a = call.input(0);
  Value b = call.input(1);
  if (make.shape_of(a).rank() != 2 || make.shape_of(b).rank() != 2) {
    throw Error(fmt::format("expected two matrices, received shapes {} and {}",
                            make.shape_of(a).to_string(), make.shape_of(b).to_string()));
  }
  if (call.flag("transA", false)) a = make.transpose(a, {1, 0});
  if (call.flag("transB", false)) b = make.transpose(b, {1, 0});
  const double alpha = call.number("alpha", 1);
  const double beta = call.number("beta", 1);
  const bool has_addend = call.has_input(2) && beta != 0;
  if (!b.is_known()) {
    const Value y = times(call, make.matmul(a, b), alpha);
    return {has_addend ? make.binary(Binary::add, y, times(call, call.input(2), beta)) : y};
  }
  b = times(call, b, alpha);
  if (!has_addend) return {make.matmul(a, b)};
  const Value c = times(call, call.input(2), beta);
  const int64_t units = make.shape_of(b)[1];
  if (a.is_known() || !is_bias(call, c, units))
    return {make.binary(Binary::add, make.matmul(a, b), c)};
  const Value bias = make.shape_of(c).elements() == units
                         ? make.reshape(c, {units})
                         : make.broadcast_to(make.reshape(c, {1}), {units});
  return {make.dense(a, b, &bias)};
}

std::vector<Value> product(const RuleCall& call) {
  return {call.make.matmul(call.input(0), call.input(1))};
}

/// com.microsoft: alpha·a·b over the last two axes.
std::vector<Value> fused_product(const RuleCall& call) {
  for (const char* other : {"transBatchA", "transBatchB"})
    if (call.flag(other, false)) throw Error(fmt::format("expected {} = 0", other));
  const Value y = call.make.matmul(call.input(0), call.input(1), call.flag("transA", false),
                                   call.flag("transB", false));
  return {times(call, y, call.number("alpha", 1))};
}

constexpr Rule rules[] = {
    {"onnx:Gemm", &general_product},
    {"onnx:MatMul", &product},
    {"onnx:com.microsoft.FusedMatMul", &fused_product},
};

}  // namespace

namespace rule_families {
extern const RuleFamily onnx_products;
constinit const RuleFamily onnx_products{rules};
}  // namespace rule_families

}  // namespace thaw::foreign
