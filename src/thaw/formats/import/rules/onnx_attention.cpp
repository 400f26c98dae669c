// ONNX's Attention of version 23: softmax(scale·q·kᵀ + mask)·v of each head.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "thaw/core/error.h"
#include "thaw/formats/import/folding.h"
#include "thaw/formats/import/rule.h"

namespace thaw::foreign {
namespace {

Value number(double value) { return Assembler::known(Array::scalar(static_cast<float>(value))); }

/// [batch, length, heads·size] as [batch, heads, length, size]; of four axes: as it is.
Value of_heads(const RuleCall& call, size_t place, const char* heads_attribute) {
  const Value& x = call.input(place);
  const Shape shape = call.make.shape_of(x);
  if (shape.rank() == 4) return x;
  const int64_t heads = call.integer(heads_attribute, 0);
  if (shape.rank() != 3 || heads < 1 || shape[2] % heads != 0) {
    throw Error(
        fmt::format("{}: expected heads that the last axis of shape {} is split into, "
                    "received {}",
                    heads_attribute, shape.to_string(), heads));
  }
  return call.make.transpose(call.make.reshape(x, {shape[0], shape[1], heads, shape[2] / heads}),
                             {0, 2, 1, 3});
}

/// What is added to the scores: −10⁹ and 0 of a mask of true and false, else the mask itself.
Value mask_of(const RuleCall& call) {
  const Value& mask = call.input(3);
  if (!mask.is_known() || !mask.constant->array.is_integer()) return mask;
  return Assembler::known(
      folding::where(mask.constant->array, Array::scalar(0.0F), Array::scalar(-1e9F)));
}

Value without_future(const RuleCall& call, const Value& scores) {
  const Shape shape = call.make.shape_of(scores);
  const int64_t queries = shape[-2];
  const int64_t keys = shape[-1];
  constexpr int64_t longest = 8192;
  if (queries > longest || keys > longest)
    throw Error(fmt::format("expected at most {} queries and keys", longest));
  Tensor mask = Tensor::zeros({queries, keys});
  for (int64_t q = 0; q < queries; ++q)
    for (int64_t k = q + 1; k < keys; ++k) mask.values()[static_cast<size_t>(q * keys + k)] = -1e9F;
  return call.make.binary(Binary::add, scores, Assembler::known(Array(mask)));
}

std::vector<Value> attention(const RuleCall& call) {
  Assembler& make = call.make;
  for (size_t place = 4; place < call.input_count(); ++place)
    if (call.has_input(place)) throw Error("expected attention without a cache of earlier keys");
  if (call.number("softcap", 0) != 0) throw Error("expected softcap = 0");
  const Value q = of_heads(call, 0, "q_num_heads");
  const Value k = of_heads(call, 1, "kv_num_heads");
  const Value v = of_heads(call, 2, "kv_num_heads");
  const Shape shape = make.shape_of(q);
  if (make.shape_of(k)[1] != shape[1] || make.shape_of(v)[1] != shape[1])
    throw Error("expected as many heads of keys and values as of queries");
  const double scale =
      call.number("scale", 1 / std::sqrt(static_cast<double>(std::max<int64_t>(shape[3], 1))));
  Value scores = make.binary(Binary::multiply, make.matmul(q, k, false, true), number(scale));
  if (call.has_input(3)) scores = make.binary(Binary::add, scores, mask_of(call));
  if (call.flag("is_causal", false)) scores = without_future(call, scores);
  const Value y = make.matmul(make.softmax(scores, -1), v);
  if (make.shape_of(call.input(0)).rank() == 4) return {y};
  const Shape heads = make.shape_of(y);
  return {make.reshape(make.transpose(y, {0, 2, 1, 3}), {heads[0], heads[2], heads[1] * heads[3]})};
}

constexpr Rule rules[] = {{"onnx:Attention", &attention}};

}  // namespace

namespace rule_families {
extern const RuleFamily onnx_attention;
constinit const RuleFamily onnx_attention{rules};
}  // namespace rule_families

}  // namespace thaw::foreign
