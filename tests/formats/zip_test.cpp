// Archives that were made to do harm.

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <zip.h>

#include <chrono>
#include <memory>

#include "formats/small_model.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"
#include "thaw/core/files.h"
#include "thaw/formats/json.h"
#include "thaw/formats/keras/zip_file.h"
#include "thaw/formats/model_file.h"

namespace thaw {
namespace {

using testing::contains;
using testing::error_of;

class Zip : public ::testing::Test {
 protected:
  void SetUp() override { save_model(testing::small_model(), folder / "good.keras"); }

  std::string member(const char* name) const {
    return keras::ZipReader(folder / "good.keras").member(name, 1 << 20).value();
  }

  /// Deflated, unlike what write_zip() makes.
  void write(const std::string& name,
             const std::vector<std::pair<std::string, std::string>>& members) const {
    int code = 0;
    zip_t* archive = zip_open((folder / name).c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code);
    ASSERT_NE(archive, nullptr);
    for (const auto& [member, content] : members) {
      zip_source_t* source = zip_source_buffer(archive, content.data(), content.size(), 0);
      const auto index = zip_file_add(archive, member.c_str(), source, 0);
      ASSERT_GE(index, 0);
      zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), ZIP_CM_DEFLATE, 1);
    }
    ASSERT_EQ(zip_close(archive), 0);
  }

  std::string refusal(const std::string& name) const {
    return error_of([&] { load_model(folder / name); });
  }

  const testing::TemporaryFolder folder;
};

TEST_F(Zip, deflated_members_are_read_as_stored_ones) {
  write("a.keras",
        {{"config.json", member("config.json")}, {"model.weights.h5", member("model.weights.h5")}});
  EXPECT_EQ(refusal("a.keras"), "");
}

TEST_F(Zip, json_that_a_small_file_unpacks_to_is_bounded_by_that_file) {
  std::string lists = "[";
  for (int i = 0; i < 20'000'000; ++i) lists += "[],";
  lists += "0]";
  write("a.keras", {{"config.json", lists}, {"model.weights.h5", member("model.weights.h5")}});
  ASSERT_LT(std::filesystem::file_size(folder / "a.keras"), 1'000'000U);
  rusage before{};
  ::getrusage(RUSAGE_SELF, &before);
  const std::string error = refusal("a.keras");
  rusage after{};
  ::getrusage(RUSAGE_SELF, &after);
  EXPECT_TRUE(contains(error, "expected at most")) << error;
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 100 << 10) << "KiB";
}

TEST_F(Zip, an_object_of_many_members_takes_no_longer_than_sorting_them) {
  std::string text = "{";
  for (int i = 0; i < 200'000; ++i) text += "\"key" + std::to_string(i * 7919 % 200'000) + "\": 1,";
  text += "\"key1\": 2}";
  const auto start = std::chrono::steady_clock::now();
  const Config many = parse_json(text);
  EXPECT_EQ(many.as_map().size(), 200'000U);
  EXPECT_EQ(many.at("key1").as_integer(), 2) << "the last value of a key counts";
  EXPECT_EQ(parse_json(write_json(many)), many);
  write("a.keras", {{"config.json", text}, {"model.weights.h5", member("model.weights.h5")}});
  EXPECT_NE(refusal("a.keras"), "");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST_F(Zip, members_that_lead_elsewhere_are_never_unpacked) {
  std::filesystem::create_directory(folder / "inner");
  write("inner/a.keras", {{"../evil", "evil"},
                          {"/tmp/thaw_evil", "evil"},
                          {"config.json", member("config.json")},
                          {"model.weights.h5", member("model.weights.h5")}});
  EXPECT_EQ(refusal("inner/a.keras"), "");
  EXPECT_FALSE(std::filesystem::exists(folder / "evil"));
  EXPECT_FALSE(std::filesystem::exists("/tmp/thaw_evil"));
}

TEST_F(Zip, a_member_that_is_missing_is_named) {
  write("a.keras", {{"config.json", member("config.json")}});
  EXPECT_TRUE(contains(refusal("a.keras"), "model.weights.h5"));
  write("b.keras", {{"../config.json", member("config.json")}});
  EXPECT_TRUE(contains(refusal("b.keras"), "config.json"));
}

TEST_F(Zip, what_grows_a_thousand_times_is_refused_before_it_fills_the_memory) {
  const std::string zeros(size_t{300} << 20, '\0');
  write("config.keras", {{"config.json", zeros}});
  write("weights.keras", {{"config.json", member("config.json")}, {"model.weights.h5", zeros}});
  EXPECT_LT(std::filesystem::file_size(folder / "weights.keras"), 2U << 20);
  for (const char* name : {"config.keras", "weights.keras"}) {
    EXPECT_TRUE(contains(refusal(name), "expected at most")) << refusal(name);
  }
}

}  // namespace
}  // namespace thaw
