// What predict and evaluate make of folders as they are found: broken files, pipes, hidden files,
// hostile names. Scripts go by the exit codes.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "app/small_fit.h"
#include "support/error_of.h"
#include "thaw/core/files.h"
#include "thaw/core/output_lock.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::contains;
using testing::ProgramRun;
using testing::run_thaw;

class FoundImages : public ::testing::Test {
 protected:
  void SetUp() override {
    const ProgramRun run = run_thaw(fit_.arguments("m.keras"));
    ASSERT_EQ(run.exit_code, 0) << run.errors;
  }
  fs::path images() const { return fit_.path("images"); }
  ProgramRun evaluate(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> call{"evaluate", fit_.path("m.keras"), images().string(), "--json"};
    call.insert(call.end(), more.begin(), more.end());
    return run_thaw(call);
  }
  ProgramRun predict(const std::string& what) const {
    return run_thaw({"predict", fit_.path("m.keras"), what, "--json"});
  }

  testing::SmallFit fit_;
};

TEST_F(FoundImages, are_judged_without_the_broken_ones_which_are_counted_by_kind) {
  write_file(images() / "red" / "text.jpg", "no image");
  write_file(images() / "red" / "empty.png", "");
  write_file(images() / "blue" / "notes.txt", "");
  write_file(images() / "blue" / "cut.bmp", read_file(images() / "blue/1.bmp").substr(0, 60));
  const ProgramRun run = evaluate();
  ASSERT_EQ(run.exit_code, 0) << run.errors;
  EXPECT_TRUE(contains(run.errors, "left out: ")) << run.errors;
  const json report = json::parse(run.output);
  EXPECT_EQ(report["images"], 60);
  std::map<std::string, int> counts;
  for (const json& row : report["skipped"]) counts[row["reason"]] = row["count"];
  EXPECT_EQ(counts, (std::map<std::string, int>{{"its content is no image's", 1},
                                                {"empty", 1},
                                                {"no image's ending", 1},
                                                {"their first bytes alone are an image's", 1}}));
}

TEST_F(FoundImages, of_which_too_many_are_broken_are_not_judged) {
  for (int i = 0; i < 8; ++i) {
    const std::string whole = read_file(images() / "blue/1.bmp");
    write_file(images() / "red" / ("cut" + std::to_string(i) + ".bmp"), whole.substr(0, 60));
  }
  const ProgramRun late = evaluate();
  EXPECT_EQ(late.exit_code, 1);
  EXPECT_EQ(late.output, "");
  EXPECT_TRUE(contains(late.errors, "expected at most 10 % of 68 images")) << late.errors;
  EXPECT_EQ(evaluate({"--allowed-broken", "0.2"}).exit_code, 0);
  for (int i = 0; i < 8; ++i)
    write_file(images() / "red" / ("cut" + std::to_string(i) + ".bmp"), "no image");
  const ProgramRun early = evaluate();
  EXPECT_EQ(early.exit_code, 1);
  EXPECT_TRUE(contains(early.errors, "8 .bmp (its content is no image's: cut0.bmp)"))
      << early.errors;
}

TEST_F(FoundImages, of_a_class_that_none_can_be_read_of_are_judged_and_that_is_said) {
  for (const auto& entry : fs::directory_iterator(images() / "green"))
    write_file(entry.path(), "no image");
  const ProgramRun run = evaluate({"--allowed-broken", "0.5"});
  EXPECT_EQ(run.exit_code, 0) << run.errors;
  EXPECT_TRUE(contains(run.errors, "no image could be read of green")) << run.errors;
}

TEST_F(FoundImages, predict_takes_those_of_a_folder_and_passes_over_what_is_none) {
  fs::create_directories(images() / "red" / "deeper" / "__MACOSX");
  for (const char* name : {"red/._1.bmp", "red/deeper/Thumbs.db", "red/deeper/__MACOSX/1.bmp",
                           "red/.hidden/1.bmp", "blue/notes.txt"}) {
    fs::create_directories((images() / name).parent_path());
    write_file(images() / name, "no image");
  }
  const ProgramRun run = predict(images().string());
  EXPECT_EQ(run.exit_code, 0) << run.errors;
  EXPECT_EQ(std::ranges::count(run.output, '\n'), 60);
  EXPECT_TRUE(contains(run.errors, "1 .txt (no image's ending: notes.txt)")) << run.errors;
}

TEST_F(FoundImages, predict_waits_for_no_pipe_and_reads_no_device) {
  ASSERT_EQ(::mkfifo((images() / "red" / "pipe.jpg").c_str(), 0600), 0);
  fs::create_symlink("/dev/zero", images() / "red" / "zero.jpg");
  fs::create_symlink("loop.jpg", images() / "red" / "loop.jpg");
  write_file(images() / "red" / "empty.jpg", "");
  const ProgramRun run = predict((images() / "red").string());
  EXPECT_EQ(run.exit_code, 1) << run.errors;
  std::istringstream rows(run.output);
  std::map<std::string, std::string> errors;
  int good = 0;
  for (std::string line; std::getline(rows, line);) {
    const json row = json::parse(line);
    good += row.contains("predictions") ? 1 : 0;
    if (row.contains("error")) errors[fs::path(row["file"]).filename()] = row["error"];
  }
  EXPECT_EQ(good, 20);
  EXPECT_EQ(errors.size(), 4U);
  EXPECT_TRUE(contains(errors["pipe.jpg"], "no regular file")) << errors["pipe.jpg"];
  EXPECT_TRUE(contains(errors["zero.jpg"], "no regular file")) << errors["zero.jpg"];
  EXPECT_FALSE(errors["loop.jpg"].empty());
  EXPECT_TRUE(contains(errors["empty.jpg"], "an empty file")) << errors["empty.jpg"];
}

TEST_F(FoundImages, names_of_classes_do_not_reach_the_terminal_as_they_are) {
  const std::string evil = "\x1b[2Jre\nd";
  fs::rename(images() / "red", images() / evil);
  ASSERT_EQ(run_thaw(fit_.arguments("evil.keras")).exit_code, 0);
  const std::string image = (images() / evil / "1.bmp").string();
  for (const std::vector<std::string>& call :
       {std::vector<std::string>{"predict", fit_.path("evil.keras"), image},
        {"evaluate", fit_.path("evil.keras"), images().string()},
        {"summary", fit_.path("evil.keras")},
        {"convert", fit_.path("evil.keras"), fit_.path("\x1b[2J.h5")}}) {
    const ProgramRun run = run_thaw(call);
    EXPECT_EQ(run.exit_code, 0) << run.errors;
    EXPECT_FALSE(contains(run.output + run.errors, "\x1b[2J")) << call.front() << run.output;
    EXPECT_FALSE(contains(run.output, "re\nd")) << call.front() << run.output;
  }
}

TEST_F(FoundImages, that_changed_in_content_alone_are_told_when_a_run_is_resumed) {
  const std::vector<std::string> call =
      fit_.arguments("n.keras", {"--epochs", "100000", "--resume"});
  ASSERT_EQ(run_thaw(call, {.interrupt_at = "epoch 2/100000"}).exit_code, 130);
  const fs::path image = images() / "red" / "5.bmp";
  const auto time = fs::last_write_time(image);
  std::string content = read_file(image);
  const std::string before = content;
  content.back() = static_cast<char>(content.back() ^ 1);
  write_file(image, content);
  fs::last_write_time(image, time);
  const ProgramRun run = run_thaw(call);
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_TRUE(contains(run.errors, "1 has changed (red/5.bmp)")) << run.errors;
  write_file(image, before);
  EXPECT_EQ(run_thaw(call, {.interrupt_at = "epochs done before"}).exit_code, 130);
}

TEST_F(FoundImages, a_conversion_waits_for_no_lock_and_takes_none_away) {
  const OutputLock lock(fit_.path("c.h5"));
  const ProgramRun run = run_thaw({"convert", fit_.path("m.keras"), fit_.path("c.h5")});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_TRUE(contains(run.errors, "another run is writing this file")) << run.errors;
  EXPECT_FALSE(fs::exists(fit_.path("c.h5")));
}

}  // namespace
}  // namespace thaw
