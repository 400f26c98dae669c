#include "thaw/task/image_feed.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "thaw/applications/application.h"
#include "thaw/compile/learned_statistics.h"
#include "thaw/compile/lower.h"
#include "thaw/compile/pixel_map.h"
#include "thaw/core/error.h"

namespace thaw {
namespace {

// Below this disagreement() says yes; a rival must be this much worse.
constexpr double agrees = 0.2;
constexpr double times_worse = 2.2;
constexpr double worse_by = 0.1;
/// Above this disagreement() says no.
constexpr double disagrees = 1;

/// As a map of `channels` channels; nullopt where it is none of so many.
std::optional<PixelMap> pixel_map(const Preprocessing& preprocessing, int64_t channels) {
  PixelMap map = PixelMap::identity(channels);
  const bool is_one = channels == 1;
  if (!is_one && channels != 3) return std::nullopt;
  const auto& [scale, offset, order] = preprocessing;
  const bool is_even =
      std::ranges::count(scale, scale[0]) == 3 && std::ranges::count(offset, offset[0]) == 3;
  if (is_one && !is_even) return std::nullopt;
  for (size_t k = 0; k < map.offsets.size(); ++k) {
    const size_t read = order == ChannelOrder::bgr && !is_one ? 2 - k : k;
    map.factors[k][k] = 0;
    map.factors[k][read] = scale[k];
    map.offsets[k] = offset[k];
  }
  return map;
}

/// The model as operations, and what its first layers do to an image.
struct Beginning {
  ops::Graph graph;
  std::vector<PixelUse> uses;   ///< one for each way in which branches read the image
  std::optional<PixelUse> use;  ///< the only one
  int64_t channels = 3;
};

Beginning beginning_of(const Functional& model) {
  Beginning result{lower(model), {}, {}, 3};
  result.uses = pixel_uses(result.graph);
  if (result.uses.size() == 1) result.use = result.uses[0];
  const Shape& shape = model.inputs()[0].shape();
  if (result.use) result.channels = shape.rank() == 3 ? shape.last() : 1;
  return result;
}

struct Candidate {
  std::string name;
  Preprocessing preprocessing;
  std::optional<double> disagreement;
};

/// Every named way of feeding that this image can have, those that agree best first.
std::vector<Candidate> candidates(const Beginning& model) {
  std::vector<Candidate> result;
  for (const NamedPreprocessing& named : preprocessings()) {
    const auto map = pixel_map(named.numbers, model.channels);
    if (!map) continue;
    result.push_back({std::string(named.name), named.numbers,
                      model.use ? disagreement(model.graph, *model.use, *map) : std::nullopt});
  }
  std::ranges::stable_sort(result, {}, [](const Candidate& candidate) {
    return candidate.disagreement.value_or(INFINITY);
  });
  return result;
}

/// The candidate that alone agrees with what the model learned.
const Candidate* concluded(const std::vector<Candidate>& sorted) {
  if (sorted.size() < 2 || !sorted[0].disagreement || !sorted[1].disagreement) return nullptr;
  const double best = *sorted[0].disagreement;
  const double next = *sorted[1].disagreement;
  const bool is_alone = next >= times_worse * best && next >= best + worse_by;
  return best <= agrees && is_alone ? &sorted[0] : nullptr;
}

std::string joined(const std::vector<std::string>& words) {
  std::string result;
  for (const std::string& word : words) result += (result.empty() ? "" : ", ") + word;
  return result;
}

/// "−1 … 1" of the channels' least and greatest values.
std::string range_in_words(const PixelMap& map, double low, double high) {
  const auto [least, most] = map.range(low, high);
  return fmt::format("{:.4g} … {:.4g}", least, most);
}

ImageFeed fed(std::string_view name, std::string why) {
  return {preprocessing(name), std::move(why), false};
}

/// What the model's own layers ask for: nullopt where they leave the pixels' scale as it is.
std::optional<ImageFeed> feed_of_own_layers(const PixelUse& use) {
  if (use.standardizes)
    return fed("none", "the model measures each image by its own values, whatever their scale");
  const double factor = use.map.largest_factor();
  const auto [least, most] = use.map.range(0, 1);
  const double shift = std::ranges::max(use.map.offsets, {}, [](double x) { return std::abs(x); });
  const auto why = [&](double high, const char* of) {
    return fmt::format("the model's own {} make {} of {}", joined(use.layers),
                       range_in_words(use.map, 0, high), of);
  };
  // x/255, x/127.5 − 1, …: nobody divides what is 0 … 1 already.
  if (factor <= 0.1) return fed("none", why(255, "0 … 255"));
  // x − 127.5, BGR minus a mean: such offsets are made for 0 … 255.
  if (std::abs(shift) >= 16) return fed("none", why(255, "0 … 255"));
  // 2x − 1, (x − 0.485)/0.229: made for 0 … 1.
  const bool is_scaled = factor >= 1.5 || std::abs(shift) >= 0.25;
  if (is_scaled && least >= -5 && most <= 5) return fed("unit", why(1, "0 … 1"));
  return std::nullopt;
}

/// What the own layers of all branches ask for, where they agree.
std::optional<ImageFeed> feed_of_branches(const std::vector<PixelUse>& uses) {
  std::optional<ImageFeed> result;
  for (const PixelUse& use : uses) {
    const auto own = feed_of_own_layers(use);
    if (!own || (result && result->preprocessing != own->preprocessing)) return std::nullopt;
    if (!result) {
      result = own;
    } else {
      result->why += "; " + own->why;
    }
  }
  return result;
}

/// Whether the map only picks and repeats channels.
bool only_picks_channels(const PixelMap& map) {
  if (std::ranges::any_of(map.offsets, [](double x) { return x != 0; })) return false;
  return std::ranges::all_of(map.factors, [](const auto& row) {
    return std::ranges::count(row, 1.0) == 1 && std::ranges::count(row, 0.0) == std::ssize(row) - 1;
  });
}

/// The network's mode for a model whose layers give it the channels picked by `map`: nullopt where
/// no preprocessing before the picking comes to it.
std::optional<Preprocessing> before_picking(const Preprocessing& wanted, const PixelMap& map) {
  const auto goal = pixel_map(wanted, 3);
  if (!goal || std::ssize(map.offsets) != 3 || map.factors[0].empty()) return std::nullopt;
  for (const NamedPreprocessing& named : preprocessings()) {
    const auto tried = pixel_map(named.numbers, static_cast<int64_t>(map.factors[0].size()));
    if (!tried || map.factors[0].size() != 3) continue;
    if (map.after(*tried) == *goal) return named.numbers;
  }
  // Read in the other order: the same numbers, for the channels where they are now.
  Preprocessing other = wanted;
  std::ranges::reverse(other.scale);
  std::ranges::reverse(other.offset);
  other.channels = wanted.channels == ChannelOrder::rgb ? ChannelOrder::bgr : ChannelOrder::rgb;
  const auto tried = pixel_map(other, static_cast<int64_t>(map.factors[0].size()));
  if (tried && map.factors[0].size() == 3 && map.after(*tried) == *goal) return other;
  const bool repeats_grey = map.factors[0].size() == 1;
  if (repeats_grey && pixel_map(wanted, 1)) return wanted;
  return std::nullopt;
}

std::optional<ImageFeed> feed_of_network(const Functional& model, const Beginning& beginning) {
  const auto mode = applications::preprocessing_of(model);
  if (!mode) return std::nullopt;
  const std::string why =
      fmt::format("what Keras feeds {}", applications::recognize(model)->keras_name);
  const Preprocessing wanted = Preprocessing::from_text(std::string(*mode));
  if (!beginning.use || beginning.use->map.is_identity()) return ImageFeed{wanted, why, false};
  if (!only_picks_channels(beginning.use->map)) return std::nullopt;
  const auto before = before_picking(wanted, beginning.use->map);
  if (!before) return std::nullopt;
  return ImageFeed{*before,
                   fmt::format("{}, before the model's own {}", why, joined(beginning.use->layers)),
                   false};
}

}  // namespace

std::optional<ImageFeed> find_image_feed(const Functional& model) {
  const Beginning beginning = beginning_of(model);
  if (auto own = feed_of_branches(beginning.uses)) return own;
  const auto sorted = candidates(beginning);
  const Candidate* learned = concluded(sorted);
  if (auto network = feed_of_network(model, beginning)) {
    // Trained anew by somebody who fed it otherwise, a network contradicts its name.
    const auto map = pixel_map(network->preprocessing, beginning.channels);
    const auto here =
        map && beginning.use ? disagreement(beginning.graph, *beginning.use, *map) : std::nullopt;
    const bool is_denied = learned != nullptr && here.value_or(0) >= disagrees;
    if (!is_denied) return network;
  }
  if (learned == nullptr) return std::nullopt;
  return ImageFeed{learned->preprocessing,
                   fmt::format("its first batch normalization learned from such values, and no "
                               "other way of feeding gives them"),
                   true};
}

std::vector<std::string> likely_preprocessings(const Functional& model) {
  auto sorted = candidates(beginning_of(model));
  // Where nothing was learned: what most people do.
  constexpr std::array<std::string_view, 5> usual{"unit", "tf", "none", "torch", "caffe"};
  std::ranges::stable_sort(sorted, {}, [&](const Candidate& candidate) {
    const auto place = std::ranges::find(usual, candidate.name) - usual.begin();
    return std::pair(candidate.disagreement.value_or(0), place);
  });
  std::vector<std::string> names;
  names.reserve(sorted.size());
  for (const Candidate& candidate : sorted) names.push_back(candidate.name);
  return names;
}

std::string doubt_about(const Functional& model, const Preprocessing& preprocessing) {
  const Beginning beginning = beginning_of(model);
  const auto map = pixel_map(preprocessing, beginning.channels);
  if (!beginning.use || !map) return "";
  const auto here = disagreement(beginning.graph, *beginning.use, *map);
  const auto sorted = candidates(beginning);
  const Candidate* learned = concluded(sorted);
  if (!here || learned == nullptr || *here < disagrees) return "";
  return fmt::format(
      "model \"{}\" is fed {}, but its first batch normalization learned from other "
      "values: --preprocessing {} ({}) would give them",
      model.name(), in_words(preprocessing), learned->name, in_words(learned->preprocessing));
}

std::string in_words(const Preprocessing& preprocessing) {
  const std::string_view name = preprocessing.name();
  if (name == "none") return "0 … 255 as they are";
  if (name == "unit") return "x/255: 0 … 1";
  if (name == "tf") return "x/127.5 − 1: −1 … 1";
  if (name == "caffe") return "BGR minus ImageNet's mean";
  if (name == "torch") return "x/255 minus ImageNet's mean, by its deviation";
  const auto list = [](const std::array<float, 3>& numbers) {
    return fmt::format("[{:.6g}, {:.6g}, {:.6g}]", numbers[0], numbers[1], numbers[2]);
  };
  return fmt::format("{} x·{} + {}", preprocessing.channels == ChannelOrder::bgr ? "BGR" : "RGB",
                     list(preprocessing.scale), list(preprocessing.offset));
}

}  // namespace thaw
