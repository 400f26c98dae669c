#include "thaw/download/download.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <thread>
#include <vector>

#include "support/error_of.h"
#include "support/loopback_server.h"
#include "support/temporary_folder.h"
#include "thaw/core/files.h"
#include "thaw/download/digest.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using testing::contains;
using testing::error_of;
using testing::FileOffer;
using testing::HttpConnection;
using testing::HttpRequest;
using testing::LoopbackServer;
using testing::offer_file;

/// Longer than several of libcurl's blocks, no two of which are alike.
std::string content(size_t bytes = 300'000) {
  std::string result;
  for (size_t i = 0; result.size() < bytes; ++i) result += std::to_string(i * i) + "\n";
  result.resize(bytes);
  return result;
}

class Download : public ::testing::Test {
 protected:
  /// A server of `content()`: its n-th request is answered as the n-th offer says, later ones as
  /// the last.
  void start(std::vector<FileOffer> offers) {
    server.emplace([this, offers](const HttpRequest& request, const HttpConnection& connection) {
      const size_t n = std::min<size_t>(calls++, offers.size() - 1);
      offer_file(request, connection, whole, offers[n]);
    });
  }
  void start_with(LoopbackServer::Handler handler) { server.emplace(std::move(handler)); }

  DownloadOptions options() const { return {.url = server->url("file"), .target = target}; }
  std::string refusal(const DownloadOptions& options) const {
    return error_of([&] { download(options); });
  }
  std::string range(size_t request) const { return server->requests().at(request).header("range"); }
  int64_t entries() const {
    return std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator());
  }

  const std::string whole = content();
  const testing::TemporaryFolder folder;
  const fs::path target = folder / "file";
  const fs::path part = folder / "file.part";
  std::atomic<size_t> calls = 0;
  std::optional<LoopbackServer> server;  // last, so that its threads end first
};

TEST_F(Download, brings_a_file_whole_and_leaves_nothing_beside_it) {
  start({{}});
  auto options = this->options();
  options.target = folder / "new" / "folder" / "file";
  options.digest = "5d1ea94cea7739ea80ddf70d2a11cc2d";  // md5sum's
  download(options);
  EXPECT_EQ(read_file(options.target), whole);
  EXPECT_EQ(std::distance(fs::directory_iterator(options.target.parent_path()), {}), 1);
}

TEST_F(Download, brings_an_empty_file_and_one_whose_length_nobody_says) {
  start_with([](const HttpRequest& request, const HttpConnection& connection) {
    if (request.path == "/empty") offer_file(request, connection, "");
    if (request.path == "/unknown") offer_file(request, connection, "abc", {.has_length = false});
  });
  int64_t total = 0;
  download({.url = server->url("empty"), .target = folder / "a"});
  EXPECT_EQ(read_file(folder / "a"), "");
  download(
      {.url = server->url("unknown"), .target = folder / "b", .progress = [&](int64_t, int64_t of) {
         total = of;
         return true;
       }});
  EXPECT_EQ(read_file(folder / "b"), "abc");
  EXPECT_EQ(total, -1);
}

TEST_F(Download, reports_progress_that_only_grows_up_to_the_total) {
  start({{.cut_after = 100'000}, {}});
  auto options = this->options();
  int64_t last = 0;
  options.progress = [&](int64_t received, int64_t total) {
    EXPECT_GE(received, last);
    EXPECT_EQ(total, static_cast<int64_t>(whole.size()));
    last = received;
    return true;
  };
  download(options);
  EXPECT_EQ(last, static_cast<int64_t>(whole.size()));
}

TEST_F(Download, of_a_wrong_digest_says_both_and_is_not_left_in_place) {
  start({{}});
  write_file(target, "old");
  auto options = this->options();
  options.digest = "900150983cd24fb0d6963f7d28e17f72";
  const std::string message = refusal(options);
  EXPECT_TRUE(contains(message, "expected md5 900150983cd24fb0d6963f7d28e17f72")) << message;
  write_file(folder / "right", whole);
  EXPECT_TRUE(contains(message, "received " + file_digest(folder / "right", "md5"))) << message;
  EXPECT_TRUE(contains(message, options.url)) << message;
  EXPECT_EQ(read_file(target), "old");
  EXPECT_FALSE(fs::exists(part));
  EXPECT_FALSE(fs::exists(folder / "file.part.info"));
}

TEST_F(Download, that_its_own_check_refuses_is_not_left_in_place) {
  start({{}});
  auto options = this->options();
  options.check = [&](const fs::path& path) {
    EXPECT_EQ(read_file(path), whole);
    throw Error("not what was wanted");
  };
  EXPECT_TRUE(contains(refusal(options), "not what was wanted"));
  EXPECT_EQ(entries(), 0);
}

TEST_F(Download, that_was_cut_goes_on_at_the_next_call_where_it_broke_off) {
  start({{.cut_after = 100'000}, {}});
  auto options = this->options();
  options.attempts = 1;
  EXPECT_TRUE(contains(refusal(options), "cannot be fetched"));
  EXPECT_FALSE(fs::exists(target)) << "a target is never seen unfinished";
  EXPECT_EQ(read_file(part), whole.substr(0, 100'000));
  download(options);
  EXPECT_EQ(range(0), "");
  EXPECT_EQ(range(1), "bytes=100000-");
  EXPECT_EQ(server->requests()[1].header("if-range"), "\"1\"");
  EXPECT_EQ(read_file(target), whole);
  EXPECT_EQ(entries(), 1);
}

TEST_F(Download, that_is_cut_again_and_again_goes_on_by_itself) {
  start({{.cut_after = 100'000}});
  download(options());
  EXPECT_EQ(read_file(target), whole);
  EXPECT_EQ(range(1), "bytes=100000-");
  EXPECT_EQ(range(2), "bytes=200000-");
}

TEST_F(Download, gives_up_after_its_attempts) {
  start({{.cut_after = 1}});
  auto options = this->options();
  options.attempts = 3;
  EXPECT_NE(refusal(options), "");
  EXPECT_EQ(server->requests().size(), 3U);
  EXPECT_EQ(read_file(part), whole.substr(0, 3));
}

TEST_F(Download, starts_anew_when_the_server_knows_no_ranges) {
  start({{.cut_after = 100'000}, {.has_ranges = false}});
  download(options());
  EXPECT_EQ(range(1), "bytes=100000-");
  EXPECT_EQ(read_file(target), whole);
}

TEST_F(Download, starts_anew_when_the_file_has_changed_meanwhile) {
  start({{.etag = "\"old\"", .cut_after = 100'000}, {.etag = "\"new\""}});
  download(options());
  EXPECT_EQ(server->requests()[1].header("if-range"), "\"old\"");
  EXPECT_EQ(read_file(target), whole);
}

TEST_F(Download, keeps_no_part_that_nothing_proves_to_be_of_the_same_file) {
  for (const char* etag : {"", "W/\"weak\""}) {
    calls = 0;
    start({{.etag = etag, .cut_after = 100'000}, {.etag = etag}});
    auto options = this->options();
    options.attempts = 1;
    EXPECT_NE(refusal(options), "");
    EXPECT_EQ(entries(), 0) << etag;
    download(options);
    EXPECT_EQ(range(1), "") << etag;
    EXPECT_EQ(read_file(target), whole);
    fs::remove(target);
  }
}

TEST_F(Download, of_another_address_does_not_go_on_with_the_part) {
  start({{.cut_after = 100'000}, {}});
  auto options = this->options();
  options.attempts = 1;
  EXPECT_NE(refusal(options), "");
  options.url = server->url("other");
  download(options);
  EXPECT_EQ(range(1), "");
  EXPECT_EQ(read_file(target), whole);
}

TEST_F(Download, whose_part_is_longer_than_the_file_starts_anew) {
  start({{}});
  write_file(part, whole + "and more");
  write_file(folder / "file.part.info", server->url("file") + "\n\"1\"");
  download(options());
  EXPECT_EQ(range(0), "bytes=300008-");
  EXPECT_EQ(read_file(target), whole);
}

TEST_F(Download, trusts_no_server_that_sends_another_range) {
  start_with([&](const HttpRequest& request, const HttpConnection& connection) {
    if (calls++ == 0) {
      offer_file(request, connection, whole, {.cut_after = 1000});
    } else {
      connection.send(
          "HTTP/1.1 206 Partial Content\r\nETag: \"1\"\r\nContent-Range: bytes 500-502/300000\r\n"
          "Content-Length: 3\r\n\r\nabc");
    }
  });
  EXPECT_TRUE(contains(refusal(options()), "another range"));
  EXPECT_FALSE(fs::exists(target));
}

TEST_F(Download, that_the_server_has_not_is_an_error_at_once) {
  start_with([](const HttpRequest&, const HttpConnection& connection) {
    connection.send("HTTP/1.1 404 Not Found\r\nContent-Length: 7\r\n\r\nnothing");
  });
  const std::string message = refusal(options());
  EXPECT_TRUE(contains(message, "status 404")) << message;
  EXPECT_TRUE(contains(message, server->url("file"))) << message;
  EXPECT_EQ(server->requests().size(), 1U);
  EXPECT_EQ(entries(), 0);
}

TEST_F(Download, waits_for_a_server_that_fails_for_a_moment) {
  start_with([&](const HttpRequest& request, const HttpConnection& connection) {
    if (calls++ == 0) {
      connection.send("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
    } else {
      offer_file(request, connection, whole);
    }
  });
  download(options());
  EXPECT_EQ(read_file(target), whole);
}

TEST_F(Download, that_stalls_ends_in_an_error_and_goes_on_next_time) {
  start({{.stall_after = 100'000}, {}});
  auto options = this->options();
  options.attempts = 1;
  options.stall_seconds = 1;
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_NE(refusal(options), "");
  // libcurl measures the speed once a second, as a mean of five: after six it gives up.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(12));
  EXPECT_EQ(read_file(part).size(), 100'000U);
  download(options);
  EXPECT_EQ(range(1), "bytes=100000-");
  EXPECT_EQ(read_file(target), whole);
}

TEST_F(Download, of_150_bytes_a_second_meets_a_limit) {
  std::atomic<bool> done = false;
  start_with([&](const HttpRequest&, const HttpConnection& connection) {
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 300000\r\nETag: \"a\"\r\n\r\n");
    for (int i = 0; i < 400 && !done; ++i) {
      connection.send(std::string(15, 'x'));
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  });
  auto options = this->options();
  options.attempts = 1;
  options.stall_seconds = 1;
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(contains(refusal(options), "cannot be fetched"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
  done = true;
  server.reset();
  EXPECT_GT(fs::file_size(part), 0U) << "what has come is kept";
}

TEST_F(Download, stops_when_progress_says_so_and_keeps_what_has_come) {
  start({{.stall_after = 100'000}, {}});
  auto options = this->options();
  options.progress = [](int64_t received, int64_t) { return received < 100'000; };
  EXPECT_TRUE(contains(refusal(options), "stopped"));
  EXPECT_EQ(server->requests().size(), 1U) << "a stop is no reason for another attempt";
  EXPECT_EQ(read_file(part).size(), 100'000U);
  options.progress = {};
  download(options);
  EXPECT_EQ(read_file(target), whole);
}

TEST_F(Download, by_many_at_once_is_whole_for_each) {
  start({{}});
  for (int round = 0; round < 20; ++round) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        EXPECT_EQ(refusal(options()), "");
        EXPECT_EQ(read_file(target), whole) << "each must find it whole as soon as it returns";
      });
    }
    threads.clear();
    EXPECT_EQ(entries(), 1);
    fs::remove(target);
  }
}

TEST_F(Download, waits_for_another_only_while_that_gets_on) {
  start({{.stall_after = 1000}, {}});
  auto slow = options();
  slow.attempts = 1;
  slow.progress = [&](int64_t, int64_t) { return calls < 2; };  // stopped at the end of this test
  std::jthread other([&] { (void)refusal(slow); });
  while (!fs::exists(part) || fs::file_size(part) < 1000) std::this_thread::yield();
  auto impatient = options();
  impatient.wait_seconds = 0.2;
  EXPECT_TRUE(contains(refusal(impatient), "another process is downloading this file"));
  impatient.progress = [](int64_t received, int64_t) { return received < 1000; };
  EXPECT_TRUE(contains(refusal(impatient), "stopped"));
  EXPECT_EQ(server->requests().size(), 1U);
  calls = 2;
}

TEST_F(Download, past_its_limit_is_an_error_whether_the_server_says_its_length_or_not) {
  for (const bool has_length : {true, false}) {
    start({{.has_length = has_length}});
    auto options = this->options();
    options.limit_bytes = 1000;
    EXPECT_TRUE(contains(refusal(options), "at most 1000 bytes")) << has_length;
    EXPECT_EQ(entries(), 0) << has_length;
  }
}

TEST_F(Download, fetches_from_nowhere_but_https_and_this_machine) {
  for (const char* url : {"http://example.com/a", "file:///etc/passwd", "ftp://127.0.0.1/a", "a",
                          "", "http://127.0.0.1.example.com/a", "http://localhost@example.com/"}) {
    const std::string message =
        error_of<UsageError>([&] { download({.url = url, .target = target}); });
    EXPECT_TRUE(contains(message, "expected an https address")) << url << ": " << message;
  }
  EXPECT_EQ(entries(), 0);
}

TEST_F(Download, follows_no_way_to_a_place_that_is_not_https) {
  start_with([&](const HttpRequest&, const HttpConnection& connection) {
    connection.send("HTTP/1.1 302 Found\r\nLocation: " + server->url("secret") +
                    "\r\nContent-Length: 0\r\n\r\n");
  });
  EXPECT_NE(refusal(options()), "");
  EXPECT_EQ(server->requests().size(), 1U);
  EXPECT_EQ(entries(), 0);
}

TEST_F(Download, that_nobody_serves_is_an_error_at_once) {
  start({{}});
  const std::string url = server->url("file");
  server.reset();
  const std::string message = error_of([&] { download({.url = url, .target = target}); });
  EXPECT_TRUE(contains(message, url)) << message;
  EXPECT_EQ(entries(), 0);
}

TEST_F(Download, into_a_folder_that_cannot_be_made_says_which) {
  start({{}});
  write_file(folder / "blocked", "a file");
  auto options = this->options();
  options.target = folder / "blocked" / "file";
  EXPECT_TRUE(contains(refusal(options), "blocked/file")) << refusal(options);
}

}  // namespace
}  // namespace thaw
