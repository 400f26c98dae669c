#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace thaw::testing {

struct HttpRequest {
  std::string path;
  std::map<std::string, std::string> headers;  ///< keys in lower case

  /// Empty: there was none.
  std::string header(const std::string& key) const {
    const auto found = headers.find(key);
    return found == headers.end() ? "" : found->second;
  }
};

/// The answering side of one connection, which is closed when the handler returns.
class HttpConnection {
 public:
  HttpConnection(int socket, const std::atomic<bool>& is_over)
      : socket_(socket), is_over_(is_over) {}

  void send(std::string_view bytes) const;
  /// Sends nothing more until the other side hangs up or the server ends.
  void stall() const;

 private:
  int socket_;
  const std::atomic<bool>& is_over_;
};

/// An HTTP server on 127.0.0.1, each connection in a thread of its own, ended by the destructor.
class LoopbackServer {
 public:
  using Handler = std::function<void(const HttpRequest&, const HttpConnection&)>;

  explicit LoopbackServer(Handler handler);
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  /// "http://127.0.0.1:12345/" and `path`.
  std::string url(const std::string& path = "") const;
  std::vector<HttpRequest> requests() const;

 private:
  void accept_all();
  void serve(int socket);

  Handler handler_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> is_over_ = false;
  mutable std::mutex mutex_;
  std::vector<HttpRequest> requests_;
  std::vector<std::jthread> connections_;
  std::jthread acceptor_;
};

/// How a file is offered.
struct FileOffer {
  std::string etag = "\"1\"";  ///< empty: none
  bool has_ranges = true;
  bool has_length = true;
  int64_t cut_after = -1;    ///< hang up after so many bytes of each body; −1: never
  int64_t stall_after = -1;  ///< send nothing more after so many; −1: never
};

/// Answers `request` with `content`, or the part of it that was asked for, as RFC 9110 says.
void offer_file(const HttpRequest& request, const HttpConnection& connection,
                std::string_view content, const FileOffer& offer = {});

}  // namespace thaw::testing
