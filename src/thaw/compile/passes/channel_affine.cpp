#include "thaw/compile/passes/channel_affine.h"

#include <algorithm>

#include "thaw/compile/passes/rewrite.h"

namespace thaw {

ChannelAffine ChannelAffine::after(const ChannelAffine& first) const {
  ChannelAffine result;
  for (size_t c = 0; c < scale.size(); ++c) {
    result.scale.push_back(scale[c] * first.scale[c]);
    result.offset.push_back(scale[c] * first.offset[c] + offset[c]);
  }
  return result;
}

bool ChannelAffine::moves_zero() const {
  return std::ranges::any_of(offset, [](double number) { return number != 0; });
}

ops::ScaleShift ChannelAffine::rounded(const Activation& activation) const {
  return {{scale.begin(), scale.end()}, {offset.begin(), offset.end()}, activation};
}

ChannelAffine channel_affine(const ops::ScaleShift& map, int64_t channels) {
  const auto each = [&](const std::vector<float>& numbers) {
    if (numbers.size() == 1)
      return std::vector<double>(static_cast<size_t>(channels), double{numbers[0]});
    return std::vector<double>(numbers.begin(), numbers.end());
  };
  return {each(map.scale), each(map.offset)};
}

std::vector<double> bias_values(const ops::Graph& graph, const ops::Node& linear) {
  if (linear.inputs.size() < 3) return {};
  const Tensor bias = parameter_value(graph[linear.inputs[2]]);
  return {bias.values().begin(), bias.values().end()};
}

}  // namespace thaw
