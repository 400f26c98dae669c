#include "thaw/core/files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "thaw/core/error.h"
#include "thaw/core/file_descriptor.h"
#include "thaw/core/output_lock.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;

class Files : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "thaw_files_XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder = pattern;
  }
  void TearDown() override { fs::remove_all(folder); }
  int64_t entries() const {
    return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
  }
  fs::path folder;
};

TEST_F(Files, what_was_written_is_read_again) {
  const std::string content("a\0b\n", 4);
  write_file(folder / "a", content);
  EXPECT_EQ(read_file(folder / "a"), content);
  write_file(folder / "a", "");
  EXPECT_EQ(read_file(folder / "a"), "");
  EXPECT_EQ(entries(), 1);
}

TEST_F(Files, a_descriptor_is_closed_with_its_owner_and_only_once) {
  const auto is_open = [](int number) { return ::fcntl(number, F_GETFD) >= 0; };
  const int number = ::open(folder.c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_TRUE(is_open(number));
  FileDescriptor last;
  {
    FileDescriptor first(number);
    last = std::move(first);
  }
  EXPECT_TRUE(is_open(number)) << "it was moved, so its first owner must leave it open";
  errno = ENOENT;
  last.close();
  EXPECT_EQ(errno, ENOENT) << "the reason of an earlier failure is kept";
  EXPECT_FALSE(is_open(number));
  EXPECT_FALSE(last.is_open());
}

TEST_F(Files, without_commit_the_old_file_stays_and_nothing_else) {
  write_file(folder / "a", "old");
  {
    const AtomicFile file(folder / "a");
    std::ofstream(file.temporary_path()) << "new";
  }
  EXPECT_EQ(read_file(folder / "a"), "old");
  EXPECT_EQ(entries(), 1);
}

TEST_F(Files, a_folder_that_is_not_there_is_named) {
  try {
    write_file(folder / "missing" / "a", "text");
    FAIL() << "expected an error";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("missing/a"), std::string::npos) << error.what();
  }
}

TEST_F(Files, a_file_in_a_folders_place_is_an_error) {
  write_file(folder / "a", "text");
  EXPECT_THROW(write_file(folder / "a" / "b", "text"), Error);
  EXPECT_THROW(write_file(folder, "text"), Error);
}

TEST_F(Files, a_device_or_a_pipe_is_never_replaced) {
  ASSERT_EQ(::mkfifo((folder / "pipe.json").c_str(), 0600), 0);
  fs::create_symlink("/dev/null", folder / "null.json");
  for (const char* name : {"pipe.json", "null.json"}) {
    std::string message;
    try {
      write_file(folder / name, "x");
    } catch (const Error& error) {
      message = error.what();
    }
    EXPECT_NE(message.find("a device or pipe"), std::string::npos) << message;
    EXPECT_FALSE(fs::is_regular_file(folder / name));
  }
  EXPECT_EQ(entries(), 2);
}

TEST_F(Files, a_disk_that_fills_up_leaves_the_old_file) {
  write_file(folder / "a", "old");
  // A limit on file sizes fails a write half-way, as a full disk does, and needs no disk.
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  auto* handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small = {1 << 16, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  EXPECT_THROW(write_file(folder / "a", std::string(1 << 20, 'x')), Error);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(read_file(folder / "a"), "old");
  EXPECT_EQ(entries(), 1);
}

TEST_F(Files, a_file_past_the_limit_is_not_read) {
  write_file(folder / "a", "12345");
  EXPECT_EQ(read_file(folder / "a", 5), "12345");
  EXPECT_THROW((void)read_file(folder / "a", 4), Error);
  EXPECT_THROW((void)read_file(folder), Error);
  EXPECT_THROW((void)read_file(folder / "missing"), Error);
}

/// Sets a variable for as long as it lives; an empty value counts as none.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name), before_(environment(name)) {
    ::setenv(name, value.c_str(), 1);
  }
  ~Variable() { ::setenv(name_, before_.c_str(), 1); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::string before_;
};

TEST_F(Files, the_cache_folder_is_found_by_three_variables_and_is_none_without) {
  const Variable own("THAW_HOME", folder);
  const Variable cache("XDG_CACHE_HOME", "/cache");
  const Variable home("HOME", "/home/someone");
  EXPECT_EQ(cache_folder(), folder);
  const Variable no_own("THAW_HOME", "");
  EXPECT_EQ(cache_folder(), "/cache/thaw");
  const Variable no_cache("XDG_CACHE_HOME", "");
  EXPECT_EQ(cache_folder(), "/home/someone/.cache/thaw");
  const Variable no_home("HOME", "");
  EXPECT_EQ(cache_folder(), "");
}

TEST_F(Files, one_file_is_known_by_any_spelling_before_it_exists) {
  fs::create_directory(folder / "sub");
  fs::create_directory_symlink(folder / "sub", folder / "link");
  EXPECT_TRUE(is_same_file(folder / "a", folder / "sub" / ".." / "a"));
  EXPECT_TRUE(is_same_file(folder / "sub" / "a", folder / "link" / "a"));
  EXPECT_FALSE(is_same_file(folder / "a", folder / "sub" / "a"));
  EXPECT_FALSE(is_same_file(folder / "a", folder / "b"));
}

TEST_F(Files, what_a_killed_writer_left_is_removed_and_nothing_else) {
  const fs::path left = AtomicFile(folder / "a").temporary_path();
  write_file(left, "half");
  write_file(folder / ".a.backup", "mine");
  write_file(folder / ".b.unfinished-123456", "of another");
  remove_unfinished(folder / "a");
  EXPECT_FALSE(fs::exists(left));
  EXPECT_EQ(entries(), 2);
}

TEST_F(Files, a_free_name_is_counted_up_to) {
  EXPECT_EQ(unused_path(folder / "m.keras"), folder / "m.keras");
  write_file(folder / "m.keras", "");
  write_file(folder / "m.1.keras", "");
  EXPECT_EQ(unused_path(folder / "m.keras"), folder / "m.2.keras");
}

TEST_F(Files, room_that_a_disk_has_not_is_an_error) {
  EXPECT_NO_THROW(require_space(folder / "a", 1));
  EXPECT_THROW(require_space(folder / "a", int64_t{1} << 60), Error);
}

TEST_F(Files, an_output_has_one_writer_until_it_ends_however_it_does) {
  fs::create_symlink(folder / "a", folder / "link");
  {
    const OutputLock lock(folder / "a");
    EXPECT_THROW(OutputLock(folder / "a"), Error);
    EXPECT_THROW(OutputLock(folder / "link"), Error);
    EXPECT_NO_THROW(OutputLock(folder / "b"));
  }
  EXPECT_EQ(entries(), 1) << "the link alone";
  const pid_t child = ::fork();
  if (child == 0) {
    const OutputLock lock(folder / "a");
    ::raise(SIGKILL);
  }
  ::waitpid(child, nullptr, 0);
  EXPECT_NO_THROW(OutputLock(folder / "a"));
}

}  // namespace
}  // namespace thaw
