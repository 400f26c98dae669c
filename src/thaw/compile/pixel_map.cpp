#include "thaw/compile/pixel_map.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

namespace thaw {

PixelMap PixelMap::identity(int64_t channels) {
  const auto count = static_cast<size_t>(channels);
  PixelMap result{std::vector(count, std::vector<double>(count)), std::vector<double>(count)};
  for (size_t c = 0; c < count; ++c) result.factors[c][c] = 1;
  return result;
}

bool PixelMap::is_identity() const {
  return *this == identity(static_cast<int64_t>(offsets.size()));
}

double PixelMap::largest_factor() const {
  double largest = 0;
  for (const auto& row : factors)
    for (const double factor : row) largest = std::max(largest, std::abs(factor));
  return largest;
}

PixelMap PixelMap::after(const PixelMap& first) const {
  PixelMap result{{}, offsets};
  for (size_t k = 0; k < factors.size(); ++k) {
    std::vector<double> row(first.factors.empty() ? 0 : first.factors[0].size());
    for (size_t m = 0; m < first.factors.size(); ++m) {
      result.offsets[k] += factors[k][m] * first.offsets[m];
      for (size_t c = 0; c < row.size(); ++c) row[c] += factors[k][m] * first.factors[m][c];
    }
    result.factors.push_back(std::move(row));
  }
  return result;
}

PixelMap::Range PixelMap::range(double low, double high) const {
  Range result{INFINITY, -INFINITY};
  for (size_t k = 0; k < factors.size(); ++k) {
    double least = offsets[k];
    double most = offsets[k];
    for (const double factor : factors[k]) {
      least += std::min(factor * low, factor * high);
      most += std::max(factor * low, factor * high);
    }
    result = {std::min(result.low, least), std::max(result.high, most)};
  }
  return result;
}

namespace {

/// What one value of the graph is of the image.
struct Seen {
  PixelMap map;
  bool standardizes = false;
  bool centres = false;
  std::vector<std::string> layers = {};
  bool is_statistic = false;  ///< a mean of the image, or what is made of that
  double degree = 1;          ///< twice the pixels make 2^degree times the value
  int channels_at = -1;       ///< the axis of the channels; −1: the last
};

/// The numbers of a parameter that is one for all or one a channel (last axis); else nothing.
std::optional<std::vector<double>> numbers_of(const ops::Graph& graph, ops::Value value,
                                              size_t channels) {
  const ops::Node& node = graph[value];
  const Tensor* tensor = nullptr;
  if (const auto* weight = std::get_if<ops::Weight>(&node.op)) {
    tensor = &weight->variable->value();
  } else if (const auto* constant = std::get_if<ops::Constant>(&node.op)) {
    tensor = &constant->value;
  }
  if (tensor == nullptr) return std::nullopt;
  const auto values = std::as_const(*tensor).values();
  if (values.size() == 1) return std::vector<double>(channels, values[0]);
  if (values.size() != channels || node.shape.last() != static_cast<int64_t>(channels))
    return std::nullopt;
  return std::vector<double>(values.begin(), values.end());
}

/// y = x·scale + offset, channel by channel.
PixelMap scaled(PixelMap map, const std::vector<double>& scale, const std::vector<double>& offset) {
  for (size_t k = 0; k < map.offsets.size(); ++k) {
    for (double& factor : map.factors[k]) factor *= scale[k];
    map.offsets[k] = map.offsets[k] * scale[k] + offset[k];
  }
  return map;
}

/// Follows the values that are maps of the image, node by node.
class Follower {
 public:
  Follower(const ops::Graph& graph, Seen start) : graph_(graph), seen_(graph.nodes.size()) {
    seen_[static_cast<size_t>(graph.inputs[0].index)] = std::move(start);
  }

  std::vector<PixelUse> run() {
    std::vector<PixelUse> result;
    for (int index = 0; std::cmp_less(index, graph_.nodes.size()); ++index) {
      const ops::Node& node = graph_.nodes[static_cast<size_t>(index)];
      const Seen* image = first_seen(node);
      if (image == nullptr) continue;
      auto& here = seen_[static_cast<size_t>(index)];
      if (image->channels_at < 0 || leaves_places(node))
        here = std::visit([&](const auto& op) { return follow(op, node, *image); }, node.op);
      if (here) continue;
      const bool is_known = std::ranges::any_of(result, [&](const PixelUse& use) {
        return use.map == image->map && use.standardizes == image->standardizes;
      });
      if (!is_known)
        result.push_back(
            {image->map, image->standardizes, image->centres, image->layers, node.name, {index}});
    }
    return result;
  }

 private:
  using Next = std::optional<Seen>;

  const Seen* at(ops::Value value) const {
    const auto& seen = seen_[static_cast<size_t>(value.index)];
    return seen ? &*seen : nullptr;
  }
  const Seen* first_seen(const ops::Node& node) const {
    for (const ops::Value input : node.inputs)
      if (const Seen* seen = at(input)) return seen;
    return nullptr;
  }

  /// Whether the operation is followed where channels are no last axis: it looks at no places.
  static bool leaves_places(const ops::Node& node) {
    return std::holds_alternative<ops::Transpose>(node.op) ||
           std::holds_alternative<ops::ScaleShift>(node.op) ||
           std::holds_alternative<ops::Elementwise>(node.op) ||
           std::holds_alternative<ops::Binary>(node.op);
  }

  static void add_layer(Seen& to, const ops::Node& node) {
    if (to.layers.empty() || to.layers.back() != node.name) to.layers.push_back(node.name);
  }

  /// `map` instead of what `from` was, by the node's layer.
  static Seen changed(const Seen& from, PixelMap map, const ops::Node& node) {
    Seen result = from;
    if (from.is_statistic) return result;
    result.map = std::move(map);
    if (result.map != from.map) add_layer(result, node);
    return result;
  }

  /// Whatever is not named below looks at the image.
  template <typename Op>
  Next follow(const Op&, const ops::Node&, const Seen&) const {
    return std::nullopt;
  }
  Next follow(const ops::Resize2D&, const ops::Node&, const Seen& x) const { return x; }
  Next follow(const ops::Crop2D&, const ops::Node&, const Seen& x) const { return x; }
  Next follow(const ops::Pad2D&, const ops::Node&, const Seen& x) const { return x; }
  Next follow(const ops::Dropout&, const ops::Node&, const Seen& x) const { return x; }
  Next follow(const ops::GaussianNoise&, const ops::Node&, const Seen& x) const { return x; }
  Next follow(const ops::RandomAffine&, const ops::Node&, const Seen& x) const { return x; }
  Next follow(const ops::RandomColor&, const ops::Node&, const Seen& x) const { return x; }
  Next follow(const ops::RandomCrop2D&, const ops::Node&, const Seen& x) const { return x; }
  Next follow(const ops::RandomChange&, const ops::Node&, const Seen& x) const { return x; }
  Next follow(const ops::RandomAugment&, const ops::Node&, const Seen& x) const { return x; }
  Next follow(const ops::RandomMix&, const ops::Node&, const Seen& x) const { return x; }
  Next follow(const ops::Reshape&, const ops::Node& node, const Seen& x) const {
    const bool keeps_channels =
        node.shape.rank() >= 3 && node.shape.last() == std::ssize(x.map.offsets);
    // One channel may be left out of the shape; laid flat, numbers for all still mean all.
    const bool is_one = x.map.offsets.size() == 1;
    const bool is_flat = node.shape.rank() == 1;
    return keeps_channels || is_one || is_flat || x.is_statistic ? Next(x) : std::nullopt;
  }
  Next follow(const ops::Transpose& op, const ops::Node&, const Seen& x) const {
    if (x.map.offsets.size() == 1) return x;
    const int last = static_cast<int>(op.order.size()) - 1;
    const auto at = std::ranges::find(op.order, x.channels_at < 0 ? last : x.channels_at);
    Seen result = x;
    result.channels_at = static_cast<int>(at - op.order.begin());
    if (result.channels_at == last) result.channels_at = -1;
    return result;
  }

  Next follow(const ops::ScaleShift& op, const ops::Node& node, const Seen& x) const {
    if (op.activation.kind != Activation::Kind::linear) return std::nullopt;
    const size_t channels = x.map.offsets.size();
    const auto fits = [&](size_t count) {
      return count == 1 || (count == channels && x.channels_at < 0);
    };
    if (!fits(op.scale.size()) || !fits(op.offset.size())) return std::nullopt;
    const auto spread = [&](const std::vector<float>& given) {
      return given.size() == 1 ? std::vector<double>(channels, given[0])
                               : std::vector<double>(given.begin(), given.end());
    };
    return changed(x, scaled(x.map, spread(op.scale), spread(op.offset)), node);
  }

  Next follow(const ops::Concatenate& op, const ops::Node& node, const Seen& x) const {
    if (op.axis != node.shape.rank() - 1) return std::nullopt;
    PixelMap joined;
    Seen result = x;
    for (const ops::Value input : node.inputs) {
      const Seen* part = at(input);
      if (part == nullptr) return std::nullopt;
      joined.factors.insert(joined.factors.end(), part->map.factors.begin(),
                            part->map.factors.end());
      joined.offsets.insert(joined.offsets.end(), part->map.offsets.begin(),
                            part->map.offsets.end());
      for (const std::string& layer : part->layers) {
        if (std::ranges::find(result.layers, layer) == result.layers.end())
          result.layers.push_back(layer);
      }
    }
    return changed(result, std::move(joined), node);
  }

  /// Picked channels are rows of the map; other axes are cut, turned around or padded.
  Next follow(const ops::Pick& op, const ops::Node& node, const Seen& x) const {
    if (node.shape.rank() < 3) return std::nullopt;
    PixelMap picked;
    for (const int64_t channel : op.indices.back()) {
      const auto from = static_cast<size_t>(channel);
      picked.factors.push_back(channel < 0 ? std::vector<double>(x.map.factors[0].size())
                                           : x.map.factors[from]);
      picked.offsets.push_back(channel < 0 ? double{op.fill} : x.map.offsets[from]);
    }
    return changed(x, std::move(picked), node);
  }
  Next follow(const ops::Elementwise& op, const ops::Node&, const Seen& x) const {
    using Kind = ops::Elementwise::Kind;
    if (op.kind == Kind::clip || op.kind == Kind::stop_gradient) return x;
    // Powers of what an image deviates by are on the way to its deviation.
    const bool is_on_the_way = x.is_statistic || x.centres;
    if (!is_on_the_way || (op.kind != Kind::power && op.kind != Kind::absolute))
      return std::nullopt;
    Seen result = x;
    if (op.kind == Kind::power) result.degree *= double{op.exponent};
    return result;
  }

  static Seen statistic_of(Seen x) {
    x.is_statistic = true;
    return x;
  }
  Next follow(const ops::GlobalPool2D&, const ops::Node&, const Seen& x) const {
    return statistic_of(x);
  }

  /// The sum or mean of a pixel's channels, or an image's own mean.
  Next follow(const ops::Reduce& op, const ops::Node& node, const Seen& x) const {
    using Kind = ops::Reduce::Kind;
    const int rank = graph_[node.inputs[0]].shape.rank();
    // Of all pixels: for each channel or for all.
    const auto others = std::ranges::count_if(op.axes, [&](int axis) { return axis < rank - 1; });
    if (others == rank - 1 && op.kind != Kind::sum) return statistic_of(x);
    if (op.kind != Kind::sum && op.kind != Kind::mean) return std::nullopt;
    if (op.axes != std::vector<int>{rank - 1} || node.shape.rank() != rank) return std::nullopt;
    const size_t channels = x.map.offsets.size();
    const double share = op.kind == Kind::sum ? 1.0 : 1.0 / static_cast<double>(channels);
    PixelMap total{{std::vector<double>(x.map.factors[0].size())}, {0}};
    for (size_t k = 0; k < channels; ++k) {
      total.offsets[0] += share * x.map.offsets[k];
      for (size_t c = 0; c < total.factors[0].size(); ++c)
        total.factors[0][c] += share * x.map.factors[k][c];
    }
    return changed(x, std::move(total), node);
  }

  Next follow(const ops::Binary& op, const ops::Node& node, const Seen& x) const {
    using Kind = ops::Binary::Kind;
    if (op.activation.kind != Activation::Kind::linear) return std::nullopt;
    const size_t channels = x.map.offsets.size();
    const Seen* first = at(node.inputs[0]);
    const Seen* second = at(node.inputs[1]);
    if (first != nullptr && second != nullptr) {
      return first->is_statistic || second->is_statistic
                 ? with_statistic(op.kind, *first, *second, node)
                 : sum(op.kind, *first, *second, node);
    }
    const auto numbers = numbers_of(graph_, node.inputs[first == nullptr ? 0 : 1], channels);
    if (!numbers || (x.channels_at >= 0 && !are_equal(*numbers))) return std::nullopt;
    if (op.kind == Kind::maximum || op.kind == Kind::minimum) return x;
    if (op.kind == Kind::multiply)
      return changed(x, scaled(x.map, *numbers, std::vector<double>(channels)), node);
    // number − x, x − number, x + number
    const bool negates = op.kind == Kind::subtract && first == nullptr;
    const bool takes_away = op.kind == Kind::subtract && first != nullptr;
    std::vector<double> offset = *numbers;
    if (takes_away) std::ranges::transform(offset, offset.begin(), std::negate());
    const std::vector<double> scale(channels, negates ? -1 : 1);
    return changed(x, scaled(x.map, scale, offset), node);
  }

  static bool are_equal(const std::vector<double>& numbers) {
    return std::ranges::count(numbers, numbers[0]) == std::ssize(numbers);
  }

  /// x − its mean, or that by its deviation; or two statistics.
  static Next with_statistic(ops::Binary::Kind kind, const Seen& a, const Seen& b,
                             const ops::Node& node) {
    using Kind = ops::Binary::Kind;
    Seen result = a.is_statistic ? b : a;
    if (kind == Kind::multiply) {
      result.degree = a.degree + b.degree;
    } else if (a.degree != b.degree) {
      return std::nullopt;
    }
    if (result.is_statistic) return result;
    if (kind == Kind::multiply && result.degree != 0) return std::nullopt;
    if (kind == Kind::multiply) result.standardizes = true;
    result.centres = true;
    result.degree = 1;
    add_layer(result, node);
    return result;
  }

  /// Two maps of the same image, added or subtracted.
  static Next sum(ops::Binary::Kind kind, const Seen& a, const Seen& b, const ops::Node& node) {
    const bool adds = kind == ops::Binary::Kind::add;
    if (!adds && kind != ops::Binary::Kind::subtract) return std::nullopt;
    if (a.map.offsets.size() != b.map.offsets.size() || a.channels_at != b.channels_at)
      return std::nullopt;
    PixelMap map = a.map;
    for (size_t k = 0; k < map.offsets.size(); ++k) {
      map.offsets[k] += (adds ? 1 : -1) * b.map.offsets[k];
      for (size_t c = 0; c < map.factors[k].size(); ++c)
        map.factors[k][c] += (adds ? 1 : -1) * b.map.factors[k][c];
    }
    return changed(a, std::move(map), node);
  }

  const ops::Graph& graph_;
  std::vector<std::optional<Seen>> seen_;
};

}  // namespace

std::vector<PixelUse> pixel_uses(const ops::Graph& graph) {
  if (graph.inputs.size() != 1) return {};
  const Shape& shape = graph[graph.inputs[0]].shape;
  if (shape.rank() != 3 && shape.rank() != 2) return {};
  const int64_t channels = shape.rank() == 3 ? shape.last() : 1;
  return Follower(graph, {.map = PixelMap::identity(channels)}).run();
}

std::optional<PixelUse> pixel_use(const ops::Graph& graph) {
  const auto uses = pixel_uses(graph);
  return uses.size() == 1 ? std::optional(uses[0]) : std::nullopt;
}

}  // namespace thaw
