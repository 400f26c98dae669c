// What is made of the commands' descriptions: help, manual pages, completions.
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "app/program.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"
#include "thaw/core/files.h"

namespace thaw {
namespace {

using testing::contains;
using testing::ProgramRun;
using testing::run_thaw;

const char* const commands[] = {"cache", "climb", "completion", "convert", "evaluate", "fit",
                                "help",  "man",   "models",     "predict", "summary"};

/// Whether this machine has a program; a test without it has nothing to ask.
bool has(const std::string& program) {
  return std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) == 0;
}

/// Standard output of a shell's command line.
std::string output_of(const std::string& command) {
  const testing::TemporaryFolder folder;
  const std::string file = (folder / "output").string();
  EXPECT_EQ(std::system(("{ " + command + "; } >" + file + " 2>&1").c_str()), 0) << command << "\n"
                                                                                 << read_file(file);
  return read_file(file);
}

TEST(HelpCommand, says_the_same_as_the_flag_of_every_command) {
  for (const char* command : commands) {
    const ProgramRun help = run_thaw({"help", command});
    EXPECT_EQ(help.exit_code, 0) << help.errors;
    EXPECT_EQ(help.output, run_thaw({command, "--help"}).output);
    EXPECT_TRUE(contains(help.output, std::string("Usage: thaw ") + command)) << help.output;
    for (const char* other : commands)
      EXPECT_TRUE(contains(run_thaw({"help"}).output, std::string("  ") + other + " ")) << other;
  }
  const ProgramRun fit = run_thaw({"help", "fit"});
  for (const char* part :
       {"thaw fit IMAGES --out MODEL [options]", "--batch-size N", "(default: 32)",
        "--split stratified|keras", "--learning-rate RATE", "(default: 0.001)", "--resume"})
    EXPECT_TRUE(contains(fit.output, part)) << part << "\n" << fit.output;
  const ProgramRun unknown = run_thaw({"help", "frobnicate"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_TRUE(contains(unknown.errors, "evaluate, fit, help")) << unknown.errors;
}

TEST(HelpCommand, knows_which_options_go_together) {
  const ProgramRun lonely = run_thaw({"summary", "mobilenet_v2", "--epochs", "3"});
  EXPECT_EQ(lonely.exit_code, 2);
  EXPECT_TRUE(contains(lonely.errors, "--plan")) << lonely.errors;
  EXPECT_TRUE(contains(lonely.errors, "(see thaw summary --help)")) << lonely.errors;
  EXPECT_TRUE(contains(run_thaw({"help", "summary"}).output, "The recipe of --plan"));
  const ProgramRun missing = run_thaw({"fit", "photos"});
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_TRUE(contains(missing.errors, "--out")) << missing.errors;
}

TEST(ManCommand, writes_a_page_for_every_command_that_man_takes) {
  const testing::TemporaryFolder folder;
  ASSERT_EQ(run_thaw({"man", "--folder", folder.path().string()}).exit_code, 0);
  EXPECT_EQ(read_file(folder / "thaw.1"), run_thaw({"man"}).output);
  for (const char* command : commands) {
    const auto page = folder / (std::string("thaw-") + command + ".1");
    EXPECT_EQ(read_file(page), run_thaw({"man", command}).output);
    EXPECT_TRUE(read_file(page).starts_with(".TH ")) << command;
    if (!has("groff")) continue;
    const std::string text = output_of("groff -man -Tascii -P-cbou -ww " + page.string());
    EXPECT_FALSE(contains(text, "warning")) << text;
    EXPECT_TRUE(contains(text, "EXIT STATUS")) << text;
  }
}

TEST(CompletionCommand, completes_commands_flags_and_values_in_bash) {
  if (!has("bash")) GTEST_SKIP() << "no bash here";
  const auto completed = [](const std::string& words, int at) {
    return output_of("bash -c 'source <(" THAW_PROGRAM " completion bash); COMP_WORDS=(" + words +
                     "); COMP_CWORD=" + std::to_string(at) +
                     "; _thaw; echo \"<${COMPREPLY[*]}>\"'");
  };
  EXPECT_EQ(completed("thaw ev", 1), "<evaluate>\n");
  EXPECT_EQ(completed("thaw fit images --fine", 3),
            "<--fine-tune-epochs --fine-tune-learning-rate>\n");
  EXPECT_EQ(completed("thaw fit --split k", 3), "<keras>\n");
  EXPECT_EQ(completed("thaw fit --base resnet50_", 3), "<resnet50_v2>\n");
  EXPECT_EQ(completed("thaw help mo", 2), "<models>\n");
  EXPECT_EQ(completed("thaw evaluate /usr/bi", 2), "</usr/bin>\n");
  EXPECT_EQ(completed("thaw models --json", 2), "<--json>\n");
}

TEST(CompletionCommand, writes_scripts_that_their_shells_take) {
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    const ProgramRun run = run_thaw({"completion", shell});
    ASSERT_EQ(run.exit_code, 0) << run.errors;
    for (const char* command : commands) EXPECT_TRUE(contains(run.output, command)) << command;
    EXPECT_TRUE(contains(run.output, "fine-tune-learning-rate"));
    if (!has(shell)) continue;
    const testing::TemporaryFolder folder;
    write_file(folder / "script", run.output);
    output_of(shell + " -n " + (folder / "script").string());
  }
  EXPECT_EQ(run_thaw({"completion", "tcsh"}).exit_code, 2);
}

TEST(PredictCommand, says_names_of_files_that_are_no_utf_8_in_json) {
  const testing::TemporaryFolder folder;
  testing::draw_images(folder / "images", 4, 1);
  testing::save_small_base(folder / "base.keras");
  const auto path = [&](const char* name) { return (folder / name).string(); };
  ASSERT_EQ(run_thaw({"fit", path("images"), "--out", path("m.keras"), "--base", path("base.keras"),
                      "--preprocessing", "tf", "--epochs", "1", "--unfreeze", "0"})
                .exit_code,
            0);
  std::filesystem::copy(folder / "images/red/0.bmp", folder / "\xff.bmp");
  const ProgramRun run = run_thaw({"predict", path("m.keras"), path("\xff.bmp"), "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.errors;
  const auto line = nlohmann::json::parse(run.output);
  EXPECT_TRUE(contains(line["file"], "\xEF\xBF\xBD.bmp")) << run.output;
}

}  // namespace
}  // namespace thaw
