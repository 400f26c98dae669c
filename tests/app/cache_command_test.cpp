#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "app/program.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"
#include "thaw/core/files.h"
#include "thaw/features/disk/feature_writer.h"

namespace thaw {
namespace {

using nlohmann::json;
using testing::contains;
using testing::Environment;
using testing::ProgramRun;
using testing::run_thaw;

constexpr const char* set = "0123456789abcdef0123456789abcdef";

class CacheCommand : public ::testing::Test {
 protected:
  static void fill(const std::filesystem::path& folder) {
    FeatureWriter writer(FeatureFolder({.folder = folder}), set, 300);
    const std::vector<float> row(300, 0.5F);
    for (const char* sample : {"a", "b", "c"}) writer.add(sample, row);
    writer.commit();
  }
  static json shown(std::vector<std::string> arguments = {"cache", "--json"}) {
    const ProgramRun run = run_thaw(arguments);
    EXPECT_EQ(run.exit_code, 0) << run.errors;
    EXPECT_EQ(run.errors, "");
    return json::parse(run.output);
  }

  testing::TemporaryFolder home_;
  Environment variable_{"THAW_HOME", home_.path().string()};
  Environment limit_{"THAW_CACHE_BYTES", "2500000"};
};

TEST_F(CacheCommand, shows_an_empty_cache) {
  const json cache = shown();
  EXPECT_EQ(cache["folder"], (home_ / "features").string());
  EXPECT_EQ(cache["limit_bytes"], 2'500'000);
  EXPECT_EQ(cache["bytes"], 0);
  EXPECT_EQ(cache["sets"], json::array());
  const ProgramRun run = run_thaw({"cache"});
  EXPECT_EQ(run.exit_code, 0) << run.errors;
  EXPECT_TRUE(contains(run.output, "0 B of at most 2.5 MB")) << run.output;
}

TEST_F(CacheCommand, shows_the_sets_and_clears_them) {
  fill(home_ / "features");
  constexpr int64_t bytes = 64 + 3 * 1216 + 3 * 24;  // docs/feature_cache.md
  const json cache = shown();
  EXPECT_EQ(cache["bytes"], bytes);
  ASSERT_EQ(cache["sets"].size(), 1U);
  const json& first = cache["sets"][0];
  EXPECT_EQ(first["key"], set);
  EXPECT_EQ(first["rows"], 3);
  EXPECT_EQ(first["row_bytes"], 1200);
  EXPECT_EQ(first["files"], 1);
  EXPECT_EQ(first["bytes"], bytes);
  EXPECT_EQ(first["last_used"].get<std::string>().size(), 20U) << first["last_used"];
  const ProgramRun table = run_thaw({"cache"});
  EXPECT_TRUE(contains(table.output, "used    3.8 kB of at most 2.5 MB")) << table.output;
  EXPECT_TRUE(contains(table.output, set)) << table.output;

  write_file(home_ / "features" / "note.txt", "mine");
  const ProgramRun clear = run_thaw({"cache", "clear"});
  EXPECT_EQ(clear.exit_code, 0) << clear.errors;
  EXPECT_TRUE(contains(clear.output, "removed 3.8 kB from ")) << clear.output;
  EXPECT_EQ(shown()["bytes"], 0);
  EXPECT_TRUE(std::filesystem::exists(home_ / "features" / "note.txt"));
  EXPECT_EQ(shown({"cache", "clear", "--json"})["removed_bytes"], 0);
}

TEST_F(CacheCommand, takes_another_folder) {
  fill(home_ / "elsewhere");
  const std::string folder = (home_ / "elsewhere").string();
  EXPECT_EQ(shown({"cache", "--folder", folder, "--json"})["sets"].size(), 1U);
  EXPECT_EQ(shown()["sets"].size(), 0U);
}

TEST_F(CacheCommand, refuses_what_it_does_not_know) {
  const ProgramRun action = run_thaw({"cache", "shrink"});
  EXPECT_EQ(action.exit_code, 2);
  EXPECT_TRUE(contains(action.errors, "shrink")) << action.errors;
  const Environment wrong("THAW_CACHE_BYTES", "ten");
  const ProgramRun limit = run_thaw({"cache"});
  EXPECT_EQ(limit.exit_code, 2);
  EXPECT_TRUE(contains(limit.errors, "THAW_CACHE_BYTES: expected a whole number of bytes"))
      << limit.errors;
}

}  // namespace
}  // namespace thaw
