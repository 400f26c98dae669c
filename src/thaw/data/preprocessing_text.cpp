#include <charconv>
#include <cmath>
#include <string>
#include <vector>

#include "thaw/core/error.h"
#include "thaw/core/named.h"
#include "thaw/data/preprocessing.h"

namespace thaw {
namespace {

[[noreturn]] void reject(const std::string& text) {
  throw UsageError(
      "preprocessing: expected " + names_of(preprocessings()) +
      ", or numbers as in mean=0.5,std=0.25,scale=1/255 for (x·scale − mean)/std, one or "
      "three each, received \"" +
      text + "\"");
}

/// "0.5" or "1/255".
double number_from(const std::string& word, const std::string& text) {
  const auto plain = [&](std::string_view digits) {
    double value = 0;
    const auto [end, failure] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (failure != std::errc() || end != digits.data() + digits.size() || !std::isfinite(value))
      reject(text);
    return value;
  };
  const size_t slash = word.find('/');
  if (slash == std::string::npos) return plain(word);
  const double value = plain(std::string_view(word).substr(0, slash)) /
                       plain(std::string_view(word).substr(slash + 1));
  if (!std::isfinite(value)) reject(text);
  return value;
}

/// What a text of numbers says.
struct Numbers {
  std::vector<double> mean;
  std::vector<double> deviation;
  std::vector<double> scale;
  ChannelOrder channels = ChannelOrder::rgb;
};

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(at, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

Numbers read_numbers(const std::string& text) {
  Numbers result;
  std::vector<double>* list = nullptr;
  for (const std::string& part : split(text, ',')) {
    const size_t equals = part.find('=');
    std::string word = part;
    if (equals != std::string::npos) {
      const std::string key = part.substr(0, equals);
      word = part.substr(equals + 1);
      if (key == "order" && (word == "rgb" || word == "bgr")) {
        result.channels = word == "bgr" ? ChannelOrder::bgr : ChannelOrder::rgb;
        list = nullptr;
        continue;
      }
      list = key == "mean"    ? &result.mean
             : key == "std"   ? &result.deviation
             : key == "scale" ? &result.scale
                              : nullptr;
      if (list != nullptr && !list->empty()) reject(text);
    }
    if (list == nullptr || list->size() == 3) reject(text);
    list->push_back(number_from(word, text));
  }
  return result;
}

/// One number for each channel; `usual` where none was given.
std::array<double, 3> for_channels(const std::vector<double>& given, double usual,
                                   const std::string& text) {
  if (given.empty()) return {usual, usual, usual};
  if (given.size() == 1) return {given[0], given[0], given[0]};
  if (given.size() != 3) reject(text);
  return {given[0], given[1], given[2]};
}

/// A mean and deviation of 0 … 1 beside pixels of 0 … 255 are a scale forgotten.
void check_scale(const Numbers& numbers, const std::string& text) {
  if (!numbers.scale.empty() || numbers.deviation.empty()) return;
  for (const double deviation : numbers.deviation)
    if (deviation > 1) return;
  throw UsageError(
      "preprocessing: expected a scale beside a std of 1 or less, since pixels are 0 … 255 "
      "(scale=1/255 makes them 0 … 1; scale=1 says that they are meant as they are), received \"" +
      text + "\"");
}

}  // namespace

Preprocessing Preprocessing::from_text(const std::string& text) {
  if (text.find('=') == std::string::npos) {
    for (const NamedPreprocessing& entry : preprocessings())
      if (entry.name == text) return entry.numbers;
    reject(text);
  }
  const Numbers numbers = read_numbers(text);
  check_scale(numbers, text);
  const auto mean = for_channels(numbers.mean, 0, text);
  const auto deviation = for_channels(numbers.deviation, 1, text);
  const auto scale = for_channels(numbers.scale, 1, text);
  Preprocessing result{.channels = numbers.channels};
  for (size_t c = 0; c < 3; ++c) {
    if (!(deviation[c] > 0) || scale[c] == 0) reject(text);
    result.scale[c] = static_cast<float>(scale[c] / deviation[c]);
    result.offset[c] = static_cast<float>(-mean[c] / deviation[c]);
  }
  // A name's own numbers where they are meant, to the last digit.
  for (const NamedPreprocessing& entry : preprocessings()) {
    bool is_meant = entry.numbers.channels == result.channels;
    for (size_t c = 0; c < 3; ++c) {
      is_meant = is_meant && std::abs(entry.numbers.scale[c] - result.scale[c]) < 1e-8F &&
                 std::abs(entry.numbers.offset[c] - result.offset[c]) < 1e-5F;
    }
    if (is_meant) return entry.numbers;
  }
  return result;
}

}  // namespace thaw
