#include "thaw/task/option.h"

#include <gtest/gtest.h>

#include <limits>

#include "support/error_of.h"
#include "thaw/core/error.h"
#include "thaw/formats/json.h"

namespace thaw {
namespace {

using testing::error_of;

enum class Colour { red, blue };

struct Things {
  int count = 3;
  double rate = 0.5;
  uint64_t seed = 1;
  bool loud = false;
  std::optional<int> size = {};
  std::optional<std::string> loss = {};
  std::vector<std::string> names = {"a"};
  Colour colour = Colour::red;

  void describe(OptionList& options) {
    static constexpr std::pair<const char*, Colour> colours[] = {{"red", Colour::red},
                                                                 {"blue", Colour::blue}};
    options.add("count", count, {.help = "how many", .range = Range{1, 9}});
    options.add("rate", rate,
                {.help = "how fast", .range = Range{0, std::numeric_limits<double>::infinity()}});
    options.add("seed", seed, {.help = "of it"});
    options.add("loud", loud, {.help = "noise", .may_change = "nobody listens"});
    options.add("size", size, {.help = "pixels", .compared_as = "the size that comes of it"});
    options.add("loss", loss, {.help = "a loss", .unset = "auto"});
    options.add("some-names", names, {.help = "names"});
    options.add("colour", colour, colours, {.help = "a colour"});
  }
};

TEST(Options, set_their_places_from_text_and_tell_them) {
  Things things;
  OptionList options;
  things.describe(options);
  for (const auto& [name, text] :
       std::vector<std::pair<std::string, std::string>>{{"count", "9"},
                                                        {"rate", "1e-3"},
                                                        {"seed", "18446744073709551615"},
                                                        {"loud", ""},
                                                        {"size", "7"},
                                                        {"loss", "hinge"},
                                                        {"some-names", "b,c"},
                                                        {"colour", "blue"}})
    options.find(name)->set(text);
  EXPECT_EQ(things.count, 9);
  EXPECT_EQ(things.rate, 1e-3);
  EXPECT_EQ(things.seed, std::numeric_limits<uint64_t>::max());
  EXPECT_TRUE(things.loud);
  EXPECT_EQ(things.size, 7);
  EXPECT_EQ(things.loss, "hinge");
  EXPECT_EQ(things.names, (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(things.colour, Colour::blue);
  options.find("loss")->set("auto");
  EXPECT_FALSE(things.loss.has_value());
  things.seed = 5;
  EXPECT_EQ(write_json(options.values()),
            R"({"count":9,"rate":0.001,"seed":5,"loud":true,"size":7,"loss":"auto",)"
            R"("some_names":"b,c","colour":"blue"})");
  EXPECT_EQ(write_json(options.result_settings()),
            R"({"--count":9,"--rate":0.001,"--seed":5,"--loss":"auto","--some-names":"b,c",)"
            R"("--colour":"blue"})");
}

TEST(Options, refuse_what_they_cannot_be_by_their_flag) {
  Things things;
  OptionList options;
  things.describe(options);
  const auto refusal = [&](const char* name, const char* text) {
    return error_of<UsageError>([&] { options.find(name)->set(text); });
  };
  EXPECT_EQ(refusal("count", "10"),
            "--count: expected a whole number from 1 to 9, received \"10\"");
  EXPECT_EQ(refusal("count", "2x"),
            "--count: expected a whole number from 1 to 9, received \"2x\"");
  EXPECT_EQ(refusal("rate", "-1"), "--rate: expected a number of at least 0, received \"-1\"");
  EXPECT_EQ(refusal("rate", "nan"), "--rate: expected a number of at least 0, received \"nan\"");
  EXPECT_EQ(refusal("seed", "-1"),
            "--seed: expected a whole number of at least 0, received \"-1\"");
  EXPECT_EQ(refusal("colour", "green"), "--colour: expected red, blue, received \"green\"");
  EXPECT_EQ(things.count, 3);
}

}  // namespace
}  // namespace thaw
