#include "thaw/applications/layer_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

#include "thaw/graph/naming.h"

namespace thaw::applications {
namespace {

std::string lower_case(std::string_view text) {
  std::string result;
  for (const char c : text)
    result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// "2a" -> "conv2_block1_", "3b1" -> "conv3_block2_": the numbers of Caffe's ResNets. Empty for
/// other text.
std::string residual_block(std::string_view text) {
  if (text.size() < 2 || !is_digit(text[0]) || text[1] < 'a' || text[1] > 'z') return "";
  int block = text[1] - 'a' + 1;
  if (text.size() > 2) {
    const char* const end = text.data() + text.size();
    if (std::from_chars(text.data() + 2, end, block).ptr != end) return "";
    ++block;
  }
  return fmt::format("conv{}_block{}_", text[0], block);
}

/// "res2a_branch2b" -> "conv2_block1_2_conv" and "bn2a_branch1" -> "conv2_block1_0_bn". Empty for
/// other names.
std::string residual_name(std::string_view name) {
  const bool normalizes = name.starts_with("bn");
  if (!normalizes && !name.starts_with("res")) return "";
  name.remove_prefix(normalizes ? 2 : 3);
  const size_t branch = name.find("_branch");
  if (branch == std::string_view::npos) return "";
  const std::string block = residual_block(name.substr(0, branch));
  const std::string_view place = name.substr(branch + 7);
  const char* const what = normalizes ? "bn" : "conv";
  if (block.empty()) return "";
  if (place == "1") return fmt::format("{}0_{}", block, what);
  if (place.size() == 2 && place[0] == '2' && place[1] >= 'a' && place[1] <= 'c')
    return fmt::format("{}{}_{}", block, place[1] - 'a' + 1, what);
  return "";
}

}  // namespace

std::string modern_name(std::string_view name) {
  std::string result = lower_case(name);
  std::ranges::replace(result, '/', '_');
  if (const std::string residual = residual_name(result); !residual.empty()) return residual;
  constexpr std::string_view long_word = "batchnorm";
  if (result.ends_with("_" + std::string(long_word)))
    result.replace(result.size() - long_word.size(), long_word.size(), "bn");
  if (result == "bn_conv1") return "conv1_bn";
  return result == "conv1" ? "conv1_conv" : result;
}

std::optional<int> automatic_number(std::string_view name, std::string_view class_name) {
  const std::string run_together = lower_case(class_name);
  std::vector<std::string> kinds{to_snake_case(class_name), run_together};
  if (const size_t conv = run_together.find("conv2d"); conv != std::string::npos)
    kinds.push_back(run_together.substr(0, conv) + "convolution2d");
  for (const std::string& kind : kinds) {
    if (!name.starts_with(kind)) continue;
    const std::string_view rest = name.substr(kind.size());
    if (rest.empty()) return 0;
    int number = 0;
    const char* const end = rest.data() + rest.size();
    const bool is_number = rest[0] == '_' && rest.size() > 1 &&
                           std::from_chars(rest.data() + 1, end, number).ptr == end;
    if (is_number) return number;
  }
  return std::nullopt;
}

}  // namespace thaw::applications
