#include "thaw/data/split.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "thaw/core/error.h"
#include "thaw/core/random.h"
#include "thaw/data/numpy_random.h"

namespace thaw {
namespace {

void check_fraction(double fraction) {
  if (fraction > 0 && fraction < 1) return;
  throw UsageError(
      fmt::format("validation split: expected a number between 0 and 1, received {}", fraction));
}

void check_parts(const Split& split, double fraction) {
  if (!split.training.empty() && !split.validation.empty()) return;
  throw UsageError(fmt::format(
      "validation split: {} of {} images leaves {} to train on and {} to validate with: choose "
      "another fraction, or add images",
      fraction, split.training.size() + split.validation.size(), split.training.size(),
      split.validation.size()));
}

std::map<int64_t, std::vector<int64_t>> by_class(std::span<const int64_t> labels) {
  std::map<int64_t, std::vector<int64_t>> classes;
  for (size_t i = 0; i < labels.size(); ++i) classes[labels[i]].push_back(static_cast<int64_t>(i));
  return classes;
}

}  // namespace

std::vector<int64_t> some_of_each_class(std::span<const int64_t> labels, int64_t most,
                                        uint64_t seed) {
  std::vector<int64_t> chosen;
  for (const auto& [label, members] : by_class(labels)) {
    const auto order = Random(seed, random_stream(static_cast<uint64_t>(label), 0x736f6d65))
                           .permutation(std::ssize(members));
    for (int64_t i = 0; i < std::min(most, std::ssize(members)); ++i)
      chosen.push_back(members[static_cast<size_t>(order[static_cast<size_t>(i)])]);
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

Split keras_split(int64_t count, double fraction, uint32_t seed) {
  check_fraction(fraction);
  std::vector<int64_t> order(static_cast<size_t>(count));
  std::iota(order.begin(), order.end(), int64_t{0});
  NumpyRandom(seed).shuffle(order);
  const auto held_out = static_cast<int64_t>(fraction * static_cast<double>(count));
  Split split{order, {}};
  split.validation.assign(order.end() - held_out, order.end());
  split.training.resize(static_cast<size_t>(count - held_out));
  check_parts(split, fraction);
  return split;
}

Split stratified_split(std::span<const int64_t> labels, double fraction, uint64_t seed) {
  check_fraction(fraction);
  Split split;
  for (const auto& [label, members] : by_class(labels)) {
    const auto count = static_cast<int64_t>(members.size());
    const auto wanted = std::llround(fraction * static_cast<double>(count));
    const int64_t held_out = count == 1 ? 0 : std::clamp<int64_t>(wanted, 1, count - 1);
    // Each class has random numbers of its own, so an image more in one changes no other's choice.
    const auto order =
        Random(seed, random_stream(static_cast<uint64_t>(label), 0x73706c6974)).permutation(count);
    for (int64_t i = 0; i < count; ++i) {
      auto& part = i < held_out ? split.validation : split.training;
      part.push_back(members[static_cast<size_t>(order[static_cast<size_t>(i)])]);
    }
  }
  std::sort(split.training.begin(), split.training.end());
  std::sort(split.validation.begin(), split.validation.end());
  check_parts(split, fraction);
  return split;
}

}  // namespace thaw
