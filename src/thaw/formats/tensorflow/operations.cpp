#include "thaw/formats/tensorflow/operations.h"

#include <algorithm>
#include <array>
#include <utility>

#include "thaw/formats/tensorflow/numbers.h"

namespace thaw::tensorflow {
namespace {

using Names = std::pair<std::string_view, std::string_view>;

constexpr auto rule_names = std::to_array<Names>({
    {"AddV2", "Add"},
    {"BatchMatMul", "BatchMatMulV2"},
    {"BatchMatMulV3", "BatchMatMulV2"},
    {"Inv", "Reciprocal"},
    {"LogicalAnd", "And"},
    {"LogicalNot", "Not"},
    {"LogicalOr", "Or"},
    {"Max", "ReduceMax"},
    {"Maximum", "Max"},
    {"Min", "ReduceMin"},
    {"Minimum", "Min"},
    {"RealDiv", "Div"},
    {"Select", "Where"},
    {"SelectV2", "Where"},
    {"Where", "NonZero"},
});

constexpr auto passed_through = std::to_array<std::string_view>({
    "CheckNumerics",
    "CheckNumericsV2",
    "DebugIdentity",
    "EnsureShape",
    "Identity",
    "IdentityN",
    "PlaceholderWithDefault",
    "PreventGradient",
    "Print",
    "PrintV2",
    "ReadVariableOp",
    "RefIdentity",
    "Snapshot",
    "StopGradient",
    "XlaSharding",
});

struct Outputs {
  std::string_view op;
  std::array<std::string_view, 6> names;
};

/// Of operations whose outputs are no list of one name.
constexpr auto outputs = std::to_array<Outputs>({
    {"FusedBatchNorm",
     {"y", "batch_mean", "batch_variance", "reserve_space_1", "reserve_space_2", ""}},
    {"FusedBatchNormV2",
     {"y", "batch_mean", "batch_variance", "reserve_space_1", "reserve_space_2", ""}},
    {"FusedBatchNormV3",
     {"y", "batch_mean", "batch_variance", "reserve_space_1", "reserve_space_2",
      "reserve_space_3"}},
    {"Switch", {"output_false", "output_true", "", "", "", ""}},
    {"Merge", {"output", "value_index", "", "", "", ""}},
    {"TopKV2", {"values", "indices", "", "", "", ""}},
    {"TopK", {"values", "indices", "", "", "", ""}},
    {"Unique", {"y", "idx", "", "", "", ""}},
    {"Moments", {"mean", "variance", "", "", "", ""}},
});

Config list_value(const proto::AttrValue::ListValue& list) {
  Config::List values;
  for (const auto& text : list.s()) values.emplace_back(text);
  for (const int64_t number : list.i()) values.emplace_back(number);
  for (const float number : list.f()) values.emplace_back(double{number});
  for (const bool flag : list.b()) values.emplace_back(flag);
  for (const int type : list.type())
    values.emplace_back(name_of(static_cast<proto::DataType>(type)));
  return values;
}

}  // namespace

std::string_view rule_name(std::string_view op) {
  const auto* const found = std::ranges::find(rule_names, op, &Names::first);
  return found == rule_names.end() ? op : found->second;
}

bool is_passed_through(std::string_view op) {
  return std::ranges::find(passed_through, op) != passed_through.end();
}

int64_t output_place(std::string_view op, std::string_view name, int64_t index) {
  const auto* const found = std::ranges::find(outputs, op, &Outputs::op);
  if (found == outputs.end()) return index;
  const auto* const place = std::ranges::find(found->names, name);
  return place == found->names.end() ? index : (place - found->names.begin()) + index;
}

std::optional<Config> attribute_value(const proto::AttrValue& value) {
  switch (value.value_case()) {
    case proto::AttrValue::kList:
      return list_value(value.list());
    case proto::AttrValue::kS:
      return Config(value.s());
    case proto::AttrValue::kI:
      return Config(int64_t{value.i()});
    case proto::AttrValue::kF:
      return Config(double{value.f()});
    case proto::AttrValue::kB:
      return Config(value.b());
    case proto::AttrValue::kType:
      return Config(name_of(value.type()));
    case proto::AttrValue::kShape: {
      if (value.shape().unknown_rank()) return std::nullopt;
      Config::List sizes;
      for (const int64_t size : sizes_of(value.shape())) sizes.emplace_back(size);
      return Config(std::move(sizes));
    }
    default:
      return std::nullopt;
  }
}

}  // namespace thaw::tensorflow
