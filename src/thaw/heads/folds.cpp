#include "thaw/heads/folds.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "thaw/core/error.h"
#include "thaw/core/random.h"

namespace thaw {
namespace {

/// Images that must stay together; most are alone.
std::vector<std::vector<int64_t>> kept_together(int64_t images, std::span<const int64_t> same) {
  std::vector<std::vector<int64_t>> sets;
  std::map<int64_t, size_t> set_of;
  for (int64_t i = 0; i < images; ++i) {
    const int64_t number = same.empty() ? i : same[static_cast<size_t>(i)];
    const auto [found, added] = set_of.try_emplace(number, sets.size());
    if (added) sets.emplace_back();
    sets[found->second].push_back(i);
  }
  return sets;
}

}  // namespace

std::vector<int> stratified_folds(std::span<const int64_t> labels, int folds, uint64_t seed,
                                  std::span<const int64_t> same) {
  const auto images = static_cast<int64_t>(labels.size());
  if (folds < 2) throw UsageError(fmt::format("folds: expected at least 2, received {}", folds));
  if (!same.empty() && same.size() != labels.size())
    throw UsageError(
        fmt::format("same images: expected {} numbers, received {}", images, same.size()));
  const auto sets = kept_together(images, same);
  // By the class of their first image; a set across classes counts for that one.
  std::map<int64_t, std::vector<size_t>> by_class;
  for (size_t set = 0; set < sets.size(); ++set)
    by_class[labels[static_cast<size_t>(sets[set].front())]].push_back(set);
  std::vector<int> result(labels.size(), 0);
  int next = 0;
  for (const auto& [label, of_class] : by_class) {
    Random random(seed, static_cast<uint64_t>(label));
    for (const int64_t place : random.permutation(static_cast<int64_t>(of_class.size()))) {
      for (const int64_t image : sets[of_class[static_cast<size_t>(place)]])
        result[static_cast<size_t>(image)] = next;
      next = (next + 1) % folds;
    }
  }
  return result;
}

std::vector<int> filled_folds(std::span<const int64_t> labels, int folds, uint64_t seed,
                              std::span<const int64_t> same) {
  std::map<int64_t, int64_t> images;
  for (const int64_t label : labels) ++images[label];
  const bool has_two = std::ranges::any_of(images, [](const auto& one) { return one.second > 1; });
  if (!has_two) {
    throw Error(
        "expected two images or more of a class, so that one can be kept out to choose by, "
        "received "
        "one of each");
  }
  const auto most = static_cast<int>(std::min<int64_t>(folds, std::ssize(labels)));
  std::vector<int> result = stratified_folds(labels, most, seed, same);
  std::map<int, int> numbers;
  for (const int fold : result) numbers[fold] = 0;
  int next = 0;
  for (auto& [fold, number] : numbers) number = next++;
  for (int& fold : result) fold = numbers[fold];
  return result;
}

std::vector<int64_t> images_outside(std::span<const int> folds, int fold) {
  std::vector<int64_t> result;
  for (size_t i = 0; i < folds.size(); ++i)
    if (folds[i] != fold) result.push_back(static_cast<int64_t>(i));
  return result;
}

}  // namespace thaw
