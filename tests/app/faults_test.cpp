// What goes wrong around a run: numbers, names, disks, signals, streams. Each is really done.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <thread>

#include "app/small_fit.h"
#include "support/error_of.h"
#include "thaw/core/files.h"
#include "thaw/core/output_lock.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using testing::contains;
using testing::ProgramRun;
using testing::run_thaw;
using testing::SmallFit;

TEST(Diverging, stops_names_the_learning_rate_and_leaves_the_old_model) {
  const SmallFit fit;
  write_file(fit.path("m.keras"), "an older model");
  const ProgramRun run = run_thaw(
      fit.arguments("m.keras", {"--optimizer", "sgd", "--loss", "mean_squared_error",
                                "--learning-rate", "1e38", "--fine-tune-learning-rate", "1e38"}));
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_TRUE(contains(run.errors, "feature extraction, learning rate 1e+38")) << run.errors;
  EXPECT_TRUE(contains(run.errors, "of epoch ")) << run.errors;
  EXPECT_TRUE(contains(run.errors, "left as it was")) << run.errors;
  EXPECT_TRUE(read_file(fit.path("m.keras")) == "an older model");
}

TEST(Diverging, in_fine_tuning_keeps_what_was_learned_before) {
  const SmallFit fit;
  write_file(fit.path("m.keras"), "an older model");
  const ProgramRun run = run_thaw(fit.arguments(
      "m.keras", {"--optimizer", "sgd", "--fine-tune-learning-rate", "3e38", "--epochs", "2"}));
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_TRUE(contains(run.errors, "fine tuning, learning rate 3e+38")) << run.errors;
  EXPECT_TRUE(read_file(fit.path("m.keras")) == "an older model");
  EXPECT_TRUE(fs::exists(fit.path("m.keras.checkpoint")));
  // It is the model that feature extraction alone gives.
  const ProgramRun alone = run_thaw(fit.arguments(
      "alone.keras", {"--optimizer", "sgd", "--fine-tune-epochs", "0", "--epochs", "2"}));
  ASSERT_EQ(alone.exit_code, 0) << alone.errors;
  const auto judge = [&](const std::string& model) {
    return run_thaw({"predict", fit.path(model), fit.path("images"), "--json"}).output;
  };
  EXPECT_EQ(judge("m.last_good.keras"), judge("alone.keras"));
}

TEST(Names, out_and_history_must_differ_however_they_are_spelled) {
  const SmallFit fit;
  write_file(fit.path("m.keras"), "an older model");
  fs::create_symlink(fit.path("m.keras"), fit.path("link.json"));
  fs::create_hard_link(fit.path("m.keras"), fit.path("hard.json"));
  fs::create_directory(fit.path("sub"));
  for (const char* name :
       {"m.keras", "sub/../m.keras", "link.json", "hard.json", "m.keras.checkpoint"}) {
    const ProgramRun run = run_thaw(fit.arguments("m.keras", {"--history", fit.path(name)}));
    EXPECT_EQ(run.exit_code, 2) << name;
    EXPECT_TRUE(contains(run.errors, "--history")) << run.errors;
  }
  EXPECT_TRUE(read_file(fit.path("m.keras")) == "an older model");
}

TEST(Names, an_output_of_a_running_fit_is_refused_to_another) {
  const SmallFit fit;
  fs::create_symlink(fit.path("m.keras"), fit.path("link.keras"));
  {
    const OutputLock lock(fit.path("m.keras"));
    for (const char* name : {"m.keras", "link.keras"}) {
      const ProgramRun run = run_thaw(fit.arguments(name));
      EXPECT_EQ(run.exit_code, 1) << name;
      EXPECT_TRUE(contains(run.errors, "another run is writing this file")) << run.errors;
    }
  }
  const ProgramRun killed = run_thaw(fit.arguments("m.keras", {"--epochs", "100000"}),
                                     {.interrupt_at = "epoch 2/100000", .signal = SIGKILL});
  ASSERT_EQ(killed.exit_code, 128 + SIGKILL);
  EXPECT_EQ(run_thaw(fit.arguments("m.keras")).exit_code, 0) << "the dead hold no locks";
  EXPECT_TRUE(fit.hidden_files().empty()) << fit.hidden_files().front();
}

TEST(Unfinished, is_put_aside_by_a_run_that_does_not_go_on_with_it) {
  const SmallFit fit;
  const auto stop = [&] {
    return run_thaw(fit.arguments("m.keras", {"--epochs", "100000"}),
                    {.interrupt_at = "epoch 2/100000"});
  };
  ASSERT_EQ(stop().exit_code, 130);
  const std::string first = read_file(fit.path("m.keras.checkpoint"));
  const ProgramRun second = stop();
  EXPECT_TRUE(contains(second.errors, "m.keras.checkpoint.1")) << second.errors;
  EXPECT_TRUE(contains(second.errors, "--resume")) << second.errors;
  EXPECT_TRUE(read_file(fit.path("m.keras.checkpoint.1")) == first);
  EXPECT_TRUE(contains(stop().errors, "m.keras.checkpoint.2"));
}

TEST(Unfinished, of_a_changed_folder_says_which_files) {
  const SmallFit fit;
  const std::vector<std::string> arguments =
      fit.arguments("m.keras", {"--epochs", "100000", "--resume"});
  ASSERT_EQ(run_thaw(arguments, {.interrupt_at = "epoch 2/100000"}).exit_code, 130);
  fs::copy_file(fit.path("images/red/1.bmp"), fit.path("images/red/new.bmp"));
  fs::remove(fit.path("images/blue/3.bmp"));
  const ProgramRun run = run_thaw(arguments);
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_TRUE(contains(run.errors, "1 is new (red/new.bmp)")) << run.errors;
  EXPECT_TRUE(contains(run.errors, "1 is gone (blue/3.bmp)")) << run.errors;
}

/// No file grows past so many bytes: for a program, a full disk.
std::function<void()> file_limit(rlim_t bytes) {
  return [bytes] {
    const rlimit limit{bytes, bytes};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  };
}

TEST(FullDisk, a_checkpoint_that_cannot_be_written_is_a_warning) {
  const SmallFit fit;
  fs::create_directories(fit.path("m.keras.checkpoint/in the way"));
  const ProgramRun run = run_thaw(fit.arguments("m.keras", {"--epochs", "100000"}),
                                  {.interrupt_at = "epoch 2/100000"});
  EXPECT_EQ(run.exit_code, 130);
  EXPECT_TRUE(contains(run.errors, "the state could not be kept")) << run.errors;
}

TEST(FullDisk, a_model_past_the_limit_of_files_is_an_error_in_words) {
  const SmallFit fit;
  const testing::Environment home("THAW_HOME", fit.path("home"));
  write_file(fit.path("m.keras"), "an older model");
  const ProgramRun run =
      run_thaw(fit.arguments("m.keras", {"--cache", "off"}), {.in_child = file_limit(4096)});
  EXPECT_EQ(run.exit_code, 1) << "not the signal SIGXFSZ";
  EXPECT_TRUE(contains(run.errors, "thaw: error: ")) << run.errors;
  EXPECT_TRUE(read_file(fit.path("m.keras")) == "an older model");
}

TEST(FullDisk, a_model_that_cannot_be_written_goes_to_the_cache_folder) {
  const SmallFit fit;
  const testing::Environment home("THAW_HOME", fit.path("home"));
  std::thread takes_the_place([&] {
    while (!fs::exists(fit.path("m.keras.checkpoint")) && !fs::exists(fit.path(".m.keras.lock")))
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    fs::create_directories(fit.path("m.keras/in the way"));
  });
  const ProgramRun run = run_thaw(fit.arguments("m.keras", {"--epochs", "300"}));
  takes_the_place.join();
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_TRUE(contains(run.errors, "the model is in " + fit.path("home/models/m.keras")))
      << run.errors;
  EXPECT_EQ(run_thaw({"summary", fit.path("home/models/m.keras")}).exit_code, 0);
}

TEST(Signals, hangup_and_termination_keep_the_state_as_an_interruption_does) {
  const SmallFit fit;
  for (const int signal : {SIGHUP, SIGTERM, SIGINT}) {
    const ProgramRun run = run_thaw(fit.arguments("m.keras", {"--epochs", "100000", "--resume"}),
                                    {.interrupt_at = "epoch 2", .signal = signal});
    EXPECT_EQ(run.exit_code, 130) << signal << run.errors;
    EXPECT_TRUE(fs::remove(fit.path("m.keras.checkpoint"))) << signal;
  }
}

TEST(Signals, that_were_ignored_stay_ignored) {
  const SmallFit fit;
  for (const int signal : {SIGHUP, SIGINT}) {
    const ProgramRun run =
        run_thaw(fit.arguments("m.keras", {"--epochs", "300"}),
                 {.interrupt_at = "epoch 2/300", .signal = signal, .in_child = [signal] {
                    std::signal(signal, SIG_IGN);
                  }});
    EXPECT_EQ(run.exit_code, 0) << signal << run.errors;
  }
}

/// `number` leads to a device that is always full; or nowhere, without `path`.
std::function<void()> stream_to(int number, const char* path) {
  return [number, path] {
    ::close(number);
    if (path != nullptr) ::dup2(::open(path, O_WRONLY), number);
  };
}

TEST(Streams, output_that_cannot_be_written_is_an_error_of_every_command) {
  const SmallFit fit;
  const testing::Environment home("THAW_HOME", fit.path("home"));
  ASSERT_EQ(run_thaw(fit.arguments("m.keras")).exit_code, 0);
  const std::vector<std::vector<std::string>> calls{
      fit.arguments("n.keras"),
      {"predict", fit.path("m.keras"), fit.path("images")},
      {"predict", fit.path("m.keras"), fit.path("images"), "--json"},
      {"evaluate", fit.path("m.keras"), fit.path("images")},
      {"convert", fit.path("m.keras"), fit.path("m.h5")},
      {"summary", fit.path("m.keras")},
      {"cache"},
      {"models"},
      {"help"},
      {"help", "fit"},
      {"man"},
      {"completion", "bash"},
      {"--version"},
      {"--help"}};
  for (const auto& call : calls) {
    for (const char* where : {"/dev/full", static_cast<const char*>(nullptr)}) {
      const ProgramRun run = run_thaw(call, {.in_child = stream_to(STDOUT_FILENO, where)});
      EXPECT_EQ(run.exit_code, 1) << call.front() << (where == nullptr ? " closed" : where);
      EXPECT_TRUE(contains(run.errors, "standard output")) << call.front() << ": " << run.errors;
    }
  }
  EXPECT_TRUE(fs::exists(fit.path("n.keras"))) << "what was learned does not hang on a last line";
}

TEST(Streams, errors_that_cannot_be_written_end_nothing) {
  const SmallFit fit;
  for (const char* where : {"/dev/full", static_cast<const char*>(nullptr)}) {
    const testing::RunOptions silent{.in_child = stream_to(STDERR_FILENO, where)};
    EXPECT_EQ(run_thaw(fit.arguments("m.keras"), silent).exit_code, 0);
    EXPECT_EQ(run_thaw({"predict", fit.path("m.keras"), fit.path("none.jpg")}, silent).exit_code,
              1);
    EXPECT_EQ(run_thaw({"frob"}, silent).exit_code, 2);
  }
}

TEST(Threads, of_which_a_thousand_are_asked_for_are_as_many_as_help) {
  const SmallFit fit;
  const ProgramRun run = run_thaw(fit.arguments("m.keras", {"--threads", "1024", "--epochs", "1"}));
  EXPECT_EQ(run.exit_code, 0) << run.errors;
  EXPECT_TRUE(contains(run.errors, "--threads 1024")) << run.errors;
}

TEST(Bytes, of_a_model_do_not_depend_on_the_time_zone) {
  const SmallFit fit;
  for (const char* zone : {"UTC0", "JST-9", "EST5EDT"}) {
    const testing::Environment set("TZ", zone);
    ASSERT_EQ(run_thaw(fit.arguments(zone + std::string(".keras"))).exit_code, 0);
    EXPECT_TRUE(read_file(fit.path(zone + std::string(".keras"))) ==
                read_file(fit.path("UTC0.keras")))
        << zone;
  }
}

}  // namespace
}  // namespace thaw
