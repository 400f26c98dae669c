#include "thaw/core/fields.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <span>

#include "support/error_of.h"
#include "thaw/core/shape.h"

namespace thaw {
namespace {

using testing::error_of;

enum class Colour { red, green };
constexpr EnumName<Colour> colour_names[] = {{Colour::red, "red"}, {Colour::green, "green"}};
constexpr std::span<const EnumName<Colour>> enum_names(Colour) { return colour_names; }

struct Inner {
  int64_t rows = 1;
  float scale = 0.5F;
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("rows", rows);
    visit("scale", scale);
  }
};

/// Both in one text, "2x3".
struct Pair {
  int first = 0;
  int second = 0;
  static Pair from_config(const Config& config) {
    const std::string& text = config.as_string();
    return {text.at(0) - '0', text.at(2) - '0'};
  }
  Config to_config() const { return std::to_string(first) + "x" + std::to_string(second); }
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("first", first);
    visit("second", second);
  }
};

struct Options {
  bool loud = false;
  int count = 1;
  int64_t bytes = 2;
  uint64_t seed = 3;
  float rate = 0.1F;
  double exact = 0.1;
  std::string name = "a";
  Shape shape = {4, 5};
  Colour colour = Colour::green;
  Inner inner;
  Pair pair = {2, 3};
  std::optional<float> limit;
  std::vector<int> axes = {1, 2};
  std::vector<std::string> words = {"x"};
  std::vector<Colour> colours = {Colour::red};
  std::array<float, 2> levels = {0, 0.1F};

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("loud", loud);
    visit("count", count);
    visit("bytes", bytes);
    visit("seed", seed);
    visit("rate", rate);
    visit("exact", exact);
    visit("name", name);
    visit("shape", shape);
    visit("colour", colour);
    visit("inner", inner);
    visit("pair", pair);
    visit("limit", limit);
    visit("axes", axes);
    visit("words", words);
    visit("colours", colours);
    visit("levels", levels);
  }
};

Options others() {
  return {.loud = true,
          .count = 7,
          .bytes = int64_t{1} << 40,
          .seed = std::numeric_limits<uint64_t>::max(),
          .rate = 0.3F,
          .exact = 1.0 / 3,
          .name = "b, c",
          .shape = {6},
          .colour = Colour::red,
          .inner = {.rows = 9, .scale = 2},
          .pair = {4, 5},
          .limit = 1.5F,
          .axes = {},
          .words = {"y", "z"},
          .colours = {Colour::green, Colour::red},
          .levels = {0.3F, 1}};
}

TEST(Fields, what_is_written_is_read_back_equal) {
  const Config written = fields::config_of(others());
  Options read;
  fields::read_known(written, read);
  EXPECT_EQ(fields::differing(read, others()), std::vector<std::string>()) << written.to_string();
  EXPECT_EQ(written.at("colour"), Config("red"));
  EXPECT_EQ(written.at("pair"), Config("4x5"));
  EXPECT_EQ(written.at("inner").to_string(), R"({"rows": 9, "scale": 2})");
}

TEST(Fields, each_field_that_changes_is_found) {
  EXPECT_EQ(fields::differing(Options(), others()), fields::names<Options>());
  EXPECT_EQ(fields::names<Options>().size(), 16U);
  Options almost;
  almost.rate = std::nextafter(almost.rate, 1.0F);
  EXPECT_EQ(fields::differing(Options(), almost), std::vector<std::string>({"rate"}));
  EXPECT_NE(fields::exact_text(Options()), fields::exact_text(almost));
}

TEST(Fields, exact_texts_do_not_run_together) {
  Options one;
  one.words = {"a,1:b"};
  Options other;
  other.words = {"a", "b"};
  EXPECT_NE(fields::exact_text(one), fields::exact_text(other));
}

TEST(Fields, absent_members_keep_their_values_and_null_is_no_value) {
  Options options = others();
  fields::read_known(Config().set("count", 5).set("limit", Config()), options);
  EXPECT_EQ(options.count, 5);
  EXPECT_EQ(options.limit, std::nullopt);
  EXPECT_EQ(options.name, "b, c");
}

TEST(Fields, errors_name_the_key_and_the_choices) {
  Options options;
  EXPECT_EQ(error_of([&] { fields::read_known(Config().set("colour", "blue"), options); }),
            "colour: expected one of red, green; received \"blue\"");
  EXPECT_EQ(
      error_of([&] { fields::read_known(Config().set("inner", Config().set("row", 1)), options); }),
      "inner: expected one of rows, scale; received \"row\"");
  EXPECT_EQ(error_of([&] { fields::read_known(Config().set("levels", Config::List{1}), options); }),
            "levels: expected a list of 2, received [1]");
  EXPECT_EQ(error_of([&] { fields::read_known(Config().set("seed", -1), options); }),
            "seed: expected a number of at least 0, received -1");
}

}  // namespace
}  // namespace thaw
