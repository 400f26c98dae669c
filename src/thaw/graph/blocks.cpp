#include "thaw/graph/blocks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <set>
#include <string_view>

#include "thaw/core/error.h"
#include "thaw/graph/network.h"

namespace thaw {
namespace {

/// What the parts of networks are called, where a number follows.
constexpr auto words = std::to_array<std::string_view>(
    {"block", "blocks", "layer", "layers", "stage", "stages", "features", "unit", "units", "cell",
     "cells", "group", "module", "mixed", "fire", "res", "encoder", "expanded", "trunk"});

bool is_word(std::string_view text) { return std::ranges::find(words, text) != words.end(); }

bool is_number(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
}

/// "block5c" as "block" and "5c"; a word alone has no number.
std::pair<std::string, std::string> word_and_number(std::string_view token) {
  const size_t digit = token.find_first_of("0123456789");
  std::string word(token.substr(0, digit));
  std::ranges::transform(word, word.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return {word, digit == std::string_view::npos ? "" : std::string(token.substr(digit))};
}

struct Token {
  std::string_view text;
  size_t end = 0;  ///< in the name
  char before = '\0';
};

std::vector<Token> tokens_of(std::string_view name) {
  std::vector<Token> tokens;
  size_t begin = 0;
  char before = '\0';
  while (begin <= name.size()) {
    const size_t end = std::min(name.find_first_of("._/", begin), name.size());
    tokens.push_back({name.substr(begin, end - begin), end, before});
    before = end < name.size() ? name[end] : '\0';
    begin = end + 1;
  }
  return tokens;
}

/// The block that a layer's name puts it into: "conv5_block3" of "conv5_block3_2_conv",
/// "stages.3.blocks.2" of "stages.3.blocks.2.conv_dw"; empty where it tells none.
std::string block_in_name(std::string_view name) {
  const std::vector<Token> tokens = tokens_of(name);
  size_t end = 0;
  bool after_word = false;    // whose number may follow
  bool after_number = false;  // of which another may be a part: layer4.1
  for (size_t i = 0; i < tokens.size(); ++i) {
    const auto [word, number] = word_and_number(tokens[i].text);
    const bool names_next = word == "conv" && i + 1 < tokens.size() &&
                            word_and_number(tokens[i + 1].text).first == "block";
    if (is_number(tokens[i].text) && (after_word || (after_number && tokens[i].before == '.'))) {
      end = tokens[i].end;
      after_number = true;
      after_word = false;
    } else if (word == "conv" && number.empty() && i > 0 && tokens[i - 1].text == "expanded") {
      after_word = true;
    } else if (is_word(word) || names_next) {
      after_word = number.empty();
      after_number = !number.empty();
      if (after_number) end = tokens[i].end;
    } else if (end > 0) {
      break;
    }
  }
  return std::string(name.substr(0, end));
}

/// Layers between two places that everything goes through.
struct Part {
  size_t first = 0;
  size_t count = 0;
  std::string block;  ///< as most of their names have it
  bool ends_in_pooling = false;
};

bool is_pooling(const Layer& layer) {
  return layer.class_name() == "MaxPooling2D" || layer.class_name() == "AveragePooling2D";
}

/// After each layer of the order, how many values go on.
std::vector<int> open_after(const Functional& network, std::span<const Layer> layers) {
  std::map<const void*, size_t> places;
  for (size_t i = 0; i < layers.size(); ++i) places[layers[i].id()] = i;
  const auto place_of = [&](const Layer& layer) {
    const auto found = places.find(layer.id());
    return found == places.end() ? size_t{0} : found->second;
  };
  // The last reader of each value; one that leaves the network is read behind all.
  std::map<std::pair<const Call*, int>, size_t> last_reader;
  for (const auto& call : network.calls())
    for (const Symbol& input : call->inputs) {
      size_t& last = last_reader[{input.call().get(), input.index()}];
      last = std::max(last, place_of(call->layer));
    }
  for (const Symbol& output : network.outputs())
    last_reader[{output.call().get(), output.index()}] = layers.size();
  std::vector<int> open(layers.size() + 1, 0);
  for (const auto& [value, last] : last_reader) {
    for (size_t at = place_of(value.first->layer); at < last; ++at) ++open[at];
  }
  return open;
}

/// Parts between places where at most so many values go on.
std::vector<Part> parts_between(const std::vector<int>& open, int most,
                                std::span<const Layer> layers) {
  std::vector<Part> parts;
  Part part;
  std::map<std::string, size_t> names;
  for (size_t i = 0; i < layers.size(); ++i) {
    ++part.count;
    ++names[block_in_name(layers[i].name())];
    if (open[i] > most && i + 1 < layers.size()) continue;
    for (const auto& [name, count] : names)
      if (2 * count >= part.count) part.block = name;
    part.ends_in_pooling = is_pooling(layers[i]);
    parts.push_back(part);
    part = {.first = i + 1};
    names.clear();
  }
  return parts;
}

/// A network whose cells also look at the one before last (NASNet) has no place that everything
/// goes through: there two values go on.
std::vector<Part> parts_of(const Functional& network, std::span<const Layer> layers) {
  const std::vector<int> open = open_after(network, layers);
  std::vector<Part> parts;
  for (const int most : {1, 2}) {
    parts = parts_between(open, most, layers);
    const auto longest = std::ranges::max(parts, {}, &Part::count);
    if (2 * longest.count <= layers.size()) break;
  }
  return parts;
}

}  // namespace

std::vector<Block> blocks_of(const Functional& network) {
  const std::span<const Layer> layers = counted_layers(network);
  std::vector<Block> blocks;
  const std::vector<Part> parts = parts_of(network, layers);
  const bool is_chain = std::ranges::all_of(
      parts, [](const Part& part) { return part.count == 1 && part.block.empty(); });
  bool is_named = false;  // the block by its layers' names
  bool is_full = true;    // what comes next begins another
  for (const Part& part : parts) {
    const bool is_same =
        !blocks.empty() && !part.block.empty() && is_named && blocks.back().name == part.block;
    const bool begins = blocks.empty() ||
                        (is_chain ? is_full : !is_same && (!part.block.empty() || part.count > 1));
    if (begins) {
      is_named = !part.block.empty();
      blocks.push_back({.name = part.block, .first = part.first});
    }
    blocks.back().count += part.count;
    is_full = is_chain && part.ends_in_pooling;
  }
  for (Block& block : blocks)
    if (block.name.empty()) block.name = layers[block.first + block.count - 1].name();
  return blocks;
}

int64_t layers_of_last(const Functional& network, int64_t blocks) {
  const std::vector<Block> all = blocks_of(network);
  if (blocks > std::ssize(all)) {
    throw UsageError(fmt::format("expected at most the {} blocks of \"{}\", received {}",
                                 all.size(), network.name(), blocks));
  }
  int64_t layers = 0;
  for (size_t i = all.size() - static_cast<size_t>(blocks); i < all.size(); ++i)
    layers += static_cast<int64_t>(all[i].count);
  return layers;
}

}  // namespace thaw
