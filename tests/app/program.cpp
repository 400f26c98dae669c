#include "app/program.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "support/temporary_folder.h"
#include "thaw/core/files.h"
#include "thaw/core/random.h"
#include "thaw/formats/model_file.h"
#include "thaw/graph/layers/batch_normalization.h"
#include "thaw/graph/layers/conv_2d.h"

namespace thaw::testing {
namespace {

[[noreturn]] void become_thaw(std::vector<std::string> arguments, const std::string& output,
                              const std::string& errors) {
  ::setenv("THAW_WEIGHTS_URL", "http://127.0.0.1:9/", 1);  // nobody listens there
  ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
  ::dup2(::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
  ::dup2(::open(errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
  arguments.insert(arguments.begin(), THAW_PROGRAM);
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  ::execv(THAW_PROGRAM, pointers.data());
  ::_exit(127);
}

void put(std::string& bytes, uint32_t value, int count) {
  for (int i = 0; i < count; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xFFU);
}

}  // namespace

ProgramRun run_thaw(const std::vector<std::string>& arguments, const RunOptions& options) {
  const TemporaryFolder folder;
  const std::string output = (folder / "output").string();
  const std::string errors = (folder / "errors").string();
  const pid_t child = ::fork();
  if (child == 0) become_thaw(arguments, output, errors);
  if (!options.interrupt_at.empty()) {
    const auto runs = [&] {
      siginfo_t info{};
      return ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
             info.si_pid == 0;
    };
    while (runs()) {
      if (std::filesystem::exists(errors) &&
          read_file(errors).find(options.interrupt_at) != std::string::npos) {
        ::kill(child, SIGINT);
        break;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_file(output),
          read_file(errors)};
}

void draw_pictures(const std::filesystem::path& folder, int count, unsigned seed) {
  constexpr uint32_t width = 40;
  constexpr uint32_t height = 32;
  constexpr uint32_t header = 54;
  const char* const names[] = {"blue", "green", "red"};
  for (uint32_t label = 0; label < 3; ++label) {
    std::filesystem::create_directories(folder / names[label]);
    for (int n = 0; n < count; ++n) {
      Random random(seed, random_stream(label, static_cast<uint64_t>(n)));
      std::string bytes = "BM";
      put(bytes, header + width * height * 3, 4);
      put(bytes, 0, 4);
      put(bytes, header, 4);
      put(bytes, 40, 4);
      put(bytes, width, 4);
      put(bytes, height, 4);
      put(bytes, 1, 2);
      put(bytes, 24, 2);
      for (int i = 0; i < 6; ++i) put(bytes, 0, 4);
      for (uint32_t i = 0; i < width * height * 3; ++i)
        put(bytes, random.below(160) + (i % 3 == label ? 90 : 0), 1);
      write_file(folder / names[label] / (std::to_string(n) + ".bmp"), bytes);
    }
  }
}

void save_small_base(const std::filesystem::path& path) {
  const Symbol image = input({32, 32, 3}, "image");
  Symbol x = conv_2d({.filters = 8, .kernel_size = 3, .strides = 2, .name = "conv1"})(image);
  x = batch_normalization({.name = "bn1"})(x);
  x = conv_2d({.filters = 8, .kernel_size = 3, .strides = 2, .name = "conv2"})(x);
  const Functional base(image, batch_normalization({.name = "bn2"})(x), "small_base");
  base.initialize_weights(7);
  save_model(base, path);
}

}  // namespace thaw::testing
