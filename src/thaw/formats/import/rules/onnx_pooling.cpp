// ONNX's poolings over the axes after (batch, channels).
#include <fmt/format.h>

#include <numeric>
#include <string_view>

#include "thaw/core/error.h"
#include "thaw/formats/import/onnx_lists.h"
#include "thaw/formats/import/rule.h"

namespace thaw::foreign {
namespace {

std::vector<Value> pooling(const RuleCall& call) {
  const std::vector<int64_t> kernel = call.integers("kernel_shape");
  const Window window = onnx_lists::window_of(call, kernel);
  const Shape x = call.make.shape_of(call.input(0));
  if (x.rank() != static_cast<int>(kernel.size()) + 2) {
    throw Error(
        fmt::format("expected {} axes, received shape {}", kernel.size() + 2, x.to_string()));
  }
  return {call.make.pooling(call.input(0), call.word() == "max", onnx_lists::size_of(kernel),
                            window, call.flag("count_include_pad", false),
                            call.flag("ceil_mode", false), 1)};
}

std::vector<Value> global_pooling(const RuleCall& call) {
  const int rank = call.make.shape_of(call.input(0)).rank();
  if (rank < 3) throw Error(fmt::format("expected three axes or more, received {}", rank));
  std::vector<int64_t> axes(static_cast<size_t>(rank) - 2);
  std::iota(axes.begin(), axes.end(), 2);
  const Reduction how = call.word() == "max" ? Reduction::max : Reduction::mean;
  return {call.make.reduce(how, call.input(0), std::move(axes), true)};
}

constexpr Rule rules[] = {
    {"onnx:AveragePool", &pooling, "mean"},
    {"onnx:GlobalAveragePool", &global_pooling, "mean"},
    {"onnx:GlobalMaxPool", &global_pooling, "max"},
    {"onnx:MaxPool", &pooling, "max"},
};

}  // namespace

namespace rule_families {
extern const RuleFamily onnx_pooling;
constinit const RuleFamily onnx_pooling{rules};
}  // namespace rule_families

}  // namespace thaw::foreign
