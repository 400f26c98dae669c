#include "thaw/core/config.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "thaw/core/error.h"

namespace thaw {
namespace {

std::string message_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Config, keeps_the_order_of_its_keys_and_prints_json) {
  Config config;
  config.set("name", "conv \"1\"\n").set("units", 3).set("rate", 0.5).set("bias", true);
  config.set("shape", Config::List{nullptr, 224});
  config.set("units", 4);
  EXPECT_EQ(config.to_string(),
            R"({"name": "conv \"1\"\u000a", "units": 4, "rate": 0.5, "bias": true, )"
            R"("shape": [null, 224]})");
}

TEST(Config, takes_a_whole_number_for_an_integer_and_no_other) {
  EXPECT_EQ(Config(3.0).as_integer(), 3);
  EXPECT_EQ(Config(3).as_number(), 3.0);
  EXPECT_THROW((void)Config(3.5).as_integer(), Error);
  EXPECT_THROW((void)Config(1e300).as_integer(), Error);
  EXPECT_THROW((void)Config(true).as_integer(), Error);
}

TEST(Config, an_error_names_what_was_expected_and_received) {
  EXPECT_EQ(message_of([] { (void)Config("relu").as_integer(); }),
            "expected an integer, received \"relu\"");
  EXPECT_EQ(message_of([] { (void)Config(Config::Map{}).at("units"); }),
            "expected an object with \"units\", received {}");
  const std::string huge(100000, 'x');
  EXPECT_LT(message_of([&] { (void)Config(huge).as_bool(); }).size(), 200U);
}

TEST(Config, finds_nothing_in_what_is_no_map) {
  EXPECT_EQ(Config(3).find("units"), nullptr);
  EXPECT_EQ(Config().find("units"), nullptr);
}

TEST(Config, appends_to_a_list) {
  Config list;
  list.append(1).append("two");
  EXPECT_EQ(list.to_string(), R"([1, "two"])");
  EXPECT_EQ(list.as_list().size(), 2U);
}

TEST(Config, adds_members_to_maps_and_items_to_lists_only) {
  EXPECT_EQ(message_of([] { Config(3).set("units", 4); }), "expected an object, received 3");
  EXPECT_EQ(message_of([] { Config(Config::Map{}).append(4); }), "expected a list, received {}");
}

TEST(Error, context_comes_first_and_keeps_the_kind) {
  EXPECT_EQ(message_of([] {
              with_context("model.h5", [] {
                with_context("Conv1", [] { throw Error("expected 3, received 4"); });
              });
            }),
            "model.h5: Conv1: expected 3, received 4");
  EXPECT_THROW(with_context("flag", [] { throw UsageError("wrong"); }), UsageError);
}

}  // namespace
}  // namespace thaw
