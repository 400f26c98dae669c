#include "thaw/download/download.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <memory>
#include <optional>
#include <string_view>
#include <thread>

#include "thaw/core/error.h"
#include "thaw/download/digest.h"
#include "thaw/download/partial_file.h"

namespace thaw {
namespace {

using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using HeaderList = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

std::string url_part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return "";
  const std::unique_ptr<char, decltype(&curl_free)> owner(text, &curl_free);
  return text;
}

/// True for http on this machine itself, false for https; throws UsageError for anything else.
bool is_plain_loopback(const std::string& address) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url(curl_url(), &curl_url_cleanup);
  if (curl_url_set(url.get(), CURLUPART_URL, address.c_str(), 0) == CURLUE_OK) {
    const std::string scheme = url_part(url.get(), CURLUPART_SCHEME);
    const std::string host = url_part(url.get(), CURLUPART_HOST);
    if (scheme == "https") return false;
    if (scheme == "http" && (host == "localhost" || host == "127.0.0.1" || host == "[::1]"))
      return true;
  }
  throw UsageError(
      fmt::format("expected an https address (or http on 127.0.0.1), received \"{}\"", address));
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

/// One request and its answer, written to the partial file as it comes.
class Transfer {
 public:
  Transfer(const DownloadOptions& options, PartialFile& file) : options_(options), file_(file) {}

  CURLcode run(bool is_loopback) {
    const Handle handle(curl_easy_init(), &curl_easy_cleanup);
    if (!handle) throw Error("libcurl cannot be started");
    CURL* curl = handle.get();
    HeaderList headers(nullptr, &curl_slist_free_all);
    first_byte_ = file_.etag().empty() ? 0 : file_.size();
    if (first_byte_ > 0) {
      const std::string range = fmt::format("{}-", first_byte_);
      curl_easy_setopt(curl, CURLOPT_RANGE, range.c_str());
      headers.reset(curl_slist_append(nullptr, ("If-Range: " + file_.etag()).c_str()));
      curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    }
    set_limits(curl, is_loopback);
    set_callbacks(curl);
    const CURLcode result = curl_easy_perform(curl);
    if (failure_) std::rethrow_exception(failure_);
    if (result == CURLE_OK && (status_ == 200 || status_ == 206) && !has_started_)
      start_body();  // an empty file
    return result;
  }

  long status() const { return status_; }
  bool was_stopped() const { return was_stopped_; }

 private:
  void set_limits(CURL* curl, bool is_loopback) const {
    curl_easy_setopt(curl, CURLOPT_URL, options_.url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, is_loopback ? "http" : "https");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, 5L);
    if (is_loopback) curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "thaw");
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                     static_cast<long>(options_.connect_seconds * 1000));
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT,
                     static_cast<long>(options_.stall_bytes_per_second));
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME,
                     std::max(1L, static_cast<long>(options_.stall_seconds)));
  }

  void set_callbacks(CURL* curl) {
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &on_header);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &on_body);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, this);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &on_progress);
  }

  void read_header(std::string_view line) {
    while (!line.empty() && (line.back() == '\r' || line.back() == '\n' || line.back() == ' '))
      line.remove_suffix(1);
    if (line.starts_with("HTTP/")) {  // each redirect's answer starts anew
      const size_t space = line.find(' ');
      status_ =
          space == std::string_view::npos ? 0 : std::atol(std::string(line.substr(space)).c_str());
      etag_.clear();
      length_ = -1;
      range_start_.reset();
      has_started_ = false;
      return;
    }
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const std::string_view key = line.substr(0, colon);
    std::string_view value = line.substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    // A weak ETag does not promise the same bytes.
    if (equal_ignoring_case(key, "etag") && value.starts_with('"') && value.size() < 1024)
      etag_ = value;
    if (equal_ignoring_case(key, "content-length"))
      length_ = std::atoll(std::string(value).c_str());
    if (equal_ignoring_case(key, "content-range") && value.starts_with("bytes "))
      range_start_ = std::atoll(std::string(value.substr(6)).c_str());
  }

  /// At the first byte: does the answer continue our part, or is it the whole file from its start?
  void start_body() {
    has_started_ = true;
    if (status_ == 206) {
      if (range_start_ != first_byte_ || first_byte_ == 0)
        throw Error("the server sent another range than was asked for");
    } else {
      first_byte_ = 0;
      file_.restart(etag_);
    }
    total_ = length_ < 0 ? -1 : first_byte_ + length_;
    if (total_ > options_.limit_bytes) reject_size();
  }

  [[noreturn]] void reject_size() const {
    file_.discard();
    throw Error(fmt::format("expected at most {} bytes, received more", options_.limit_bytes));
  }

  void write_body(std::span<const char> bytes) {
    if (status_ != 200 && status_ != 206) return;  // the body is a page about the error
    if (!has_started_) start_body();
    if (file_.size() + static_cast<int64_t>(bytes.size()) > options_.limit_bytes) reject_size();
    file_.append(bytes);
  }

  /// Exceptions must not cross libcurl's C frames: they wait in failure_.
  template <typename Body>
  size_t guarded(size_t size, Body&& body) {
    try {
      body();
      return size;
    } catch (...) {
      failure_ = std::current_exception();
      return size == 0 ? 1 : 0;
    }
  }

  static size_t on_header(char* data, size_t, size_t size, void* self) {
    auto* transfer = static_cast<Transfer*>(self);
    return transfer->guarded(size, [&] { transfer->read_header({data, size}); });
  }
  static size_t on_body(char* data, size_t, size_t size, void* self) {
    auto* transfer = static_cast<Transfer*>(self);
    return transfer->guarded(size, [&] { transfer->write_body({data, size}); });
  }
  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    auto* transfer = static_cast<Transfer*>(self);
    bool goes_on = true;
    const size_t failed = transfer->guarded(0, [&] {
      const auto& progress = transfer->options_.progress;
      if (progress && transfer->has_started_)
        goes_on = progress(transfer->file_.size(), transfer->total_);
    });
    if (!goes_on) transfer->was_stopped_ = true;
    return goes_on && failed == 0 ? 0 : 1;
  }

  const DownloadOptions& options_;
  PartialFile& file_;
  int64_t first_byte_ = 0;
  int64_t length_ = -1;
  int64_t total_ = -1;
  std::optional<int64_t> range_start_;
  std::string etag_;
  long status_ = 0;
  bool has_started_ = false;
  bool was_stopped_ = false;
  std::exception_ptr failure_;
};

bool is_worth_another_attempt(CURLcode result) {
  return result == CURLE_PARTIAL_FILE || result == CURLE_RECV_ERROR ||
         result == CURLE_OPERATION_TIMEDOUT || result == CURLE_GOT_NOTHING ||
         result == CURLE_SEND_ERROR;
}

/// Says whether to go on waiting for another process: as long as its file grows.
class Patience {
 public:
  explicit Patience(const DownloadOptions& options) : options_(options) {}

  bool operator()(int64_t received) {
    const auto now = std::chrono::steady_clock::now();
    if (received != received_) since_ = now;
    received_ = received;
    if (options_.progress && !options_.progress(received, -1)) throw Error("stopped");
    return std::chrono::duration<double>(now - since_).count() < options_.wait_seconds;
  }

 private:
  const DownloadOptions& options_;
  int64_t received_ = -1;
  std::chrono::steady_clock::time_point since_;
};

void check(const DownloadOptions& options, const std::filesystem::path& path) {
  if (!options.digest.empty()) check_digest(path, options.digest);
  if (options.check) options.check(path);
}

/// Whether the other process has completed the target, and it passes the checks.
bool is_there(const DownloadOptions& options) {
  std::error_code failure;
  if (!std::filesystem::is_regular_file(options.target, failure)) return false;
  try {
    check(options, options.target);
    return true;
  } catch (const Error&) {
    return false;
  }
}

void fetch(const DownloadOptions& options, PartialFile& file) {
  const bool is_loopback = is_plain_loopback(options.url);
  for (int attempt = 1;; ++attempt) {
    Transfer transfer(options, file);
    const CURLcode result = transfer.run(is_loopback);
    const long status = transfer.status();
    if (transfer.was_stopped())
      throw Error("stopped; what has come is kept, and goes on next time");
    if (result == CURLE_OK && (status == 200 || status == 206)) return;
    const bool is_last = attempt >= options.attempts;
    if (result == CURLE_OK && status == 416 && !is_last) {  // our part is longer than the file
      file.discard();
      continue;
    }
    if (result == CURLE_OK && (status < 500 || is_last))
      throw Error(fmt::format("the server answered with status {}", status));
    if (result != CURLE_OK && (!is_worth_another_attempt(result) || is_last))
      throw Error(fmt::format("cannot be fetched: {}", curl_easy_strerror(result)));
    std::this_thread::sleep_for(std::chrono::milliseconds(100 << std::min(attempt, 5)));
  }
}

}  // namespace

void download(const DownloadOptions& options) {
  // Thread-safe, and counted, in every libcurl since 7.84.
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) throw Error("libcurl cannot be started");
  with_context(options.url, [&] {
    PartialFile file(options.target, options.url, Patience(options));
    if (file.has_waited() && is_there(options)) return;
    fetch(options, file);
    try {
      check(options, file.path());
    } catch (...) {
      file.discard();
      throw;
    }
    file.commit(options.target);
  });
}

}  // namespace thaw
