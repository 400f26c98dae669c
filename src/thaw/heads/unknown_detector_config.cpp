#include <fmt/format.h>

#include "thaw/core/base64.h"
#include "thaw/core/error.h"
#include "thaw/heads/unknown_detector.h"

namespace thaw {
namespace {

/// What from_config() reads; another way to work out the score will be another.
constexpr const char* kind = "distance and margin";
/// A detector of more is no one's: base64 of 2^28 floats takes 1.4 GB.
constexpr int64_t most_numbers = int64_t{1} << 28;

auto read(const Config& config, const char* name) {
  return [&config, name](auto&& how) {
    return with_context(name, [&] { return how(config.at(name)); });
  };
}

double number_at(const Config& config, const char* name) {
  return read(config, name)([](const Config& value) { return value.as_number(); });
}

int64_t count_at(const Config& config, const char* name, int64_t least) {
  return read(config, name)([&](const Config& value) {
    const int64_t count = value.as_integer();
    if (count < least || count > most_numbers)
      throw Error(fmt::format("expected {} to {}, received {}", least, most_numbers, count));
    return count;
  });
}

Tensor floats_at(const Config& config, const char* name, const Shape& shape) {
  return read(config, name)(
      [&](const Config& value) { return floats_from_base64(value.as_string(), shape); });
}

Config to_config(const std::vector<FeatureGroup>& groups) {
  Config result{Config::List{}};
  for (const FeatureGroup& group : groups)
    result.append(Config(Config::Map{}).set("columns", group.columns).set("weight", group.weight));
  return result;
}

std::vector<FeatureGroup> groups_at(const Config& config, const char* name, int64_t columns) {
  return read(config, name)([&](const Config& value) {
    std::vector<FeatureGroup> groups;
    int64_t left = columns;
    for (const Config& one : value.as_list()) {
      groups.push_back(
          {.columns = count_at(one, "columns", 1), .weight = number_at(one, "weight")});
      left -= groups.back().columns;
      if (left < 0) break;
    }
    if (left != 0) throw Error(fmt::format("expected {} columns in all, received others", columns));
    return groups;
  });
}

}  // namespace

Config UnknownDetector::to_config() const {
  Config variances{Config::List{}};
  for (const double variance : parts_.variances) variances.append(variance);
  Config result{Config::Map{}};
  result.set("kind", kind)
      .set("unknown_rate", parts_.unknown_rate)
      .set("threshold", parts_.threshold)
      .set("distance_weight", parts_.distance_weight)
      .set("margin_weight", parts_.margin_weight)
      .set("most_margin", parts_.most_margin)
      .set("offset", parts_.offset)
      .set("classes", classes())
      .set("columns", columns_)
      .set("groups", thaw::to_config(parts_.groups))
      .set("variances", std::move(variances))
      .set("other_variance", parts_.other_variance)
      .set("means", floats_to_base64(parts_.means))
      .set("directions", floats_to_base64(parts_.directions))
      .set("head_kernel", floats_to_base64(parts_.head.kernel))
      .set("head_bias", floats_to_base64(parts_.head.bias));
  return result;
}

UnknownDetector UnknownDetector::from_config(const Config& config) {
  const std::string& given = config.at("kind").as_string();
  if (given != kind)
    throw Error(fmt::format("kind: expected \"{}\", received \"{}\": a newer thaw may know it",
                            kind, given));
  const int64_t classes = count_at(config, "classes", 2);
  const int64_t columns = count_at(config, "columns", 1);
  std::vector<double> variances = read(config, "variances")([](const Config& value) {
    std::vector<double> numbers;
    for (const Config& number : value.as_list()) numbers.push_back(number.as_number());
    return numbers;
  });
  const int64_t rank = std::ssize(variances);
  return UnknownDetector({.groups = groups_at(config, "groups", columns),
                          .means = floats_at(config, "means", {classes, columns}),
                          .directions = floats_at(config, "directions", {rank, columns}),
                          .variances = std::move(variances),
                          .other_variance = number_at(config, "other_variance"),
                          .head = {.kernel = floats_at(config, "head_kernel", {columns, classes}),
                                   .bias = floats_at(config, "head_bias", {classes})},
                          .distance_weight = number_at(config, "distance_weight"),
                          .margin_weight = number_at(config, "margin_weight"),
                          .most_margin = number_at(config, "most_margin"),
                          .offset = number_at(config, "offset"),
                          .threshold = number_at(config, "threshold"),
                          .unknown_rate = number_at(config, "unknown_rate")});
}

}  // namespace thaw
