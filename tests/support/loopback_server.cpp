#include "support/loopback_server.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cctype>
#include <sstream>
#include <stdexcept>

namespace thaw::testing {
namespace {

constexpr int poll_milliseconds = 20;
constexpr size_t largest_request = 64 << 10;

HttpRequest parse(const std::string& head) {
  HttpRequest request;
  std::istringstream lines(head);
  std::string line;
  std::getline(lines, line);
  std::istringstream(line) >> line >> request.path;
  while (std::getline(lines, line)) {
    if (line.ends_with('\r')) line.pop_back();
    const size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    std::string key = line.substr(0, colon);
    for (char& letter : key)
      letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    request.headers[key] = line.substr(line.find_first_not_of(' ', colon + 1));
  }
  return request;
}

bool is_readable(int socket) {
  pollfd entry{socket, POLLIN, 0};
  return ::poll(&entry, 1, poll_milliseconds) > 0;
}

}  // namespace

void HttpConnection::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the other side has hung up
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

void HttpConnection::stall() const {
  char byte = 0;
  while (!is_over_) {
    if (is_readable(socket_) && ::recv(socket_, &byte, 1, 0) <= 0) return;
  }
}

LoopbackServer::LoopbackServer(Handler handler) : handler_(std::move(handler)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* general = reinterpret_cast<sockaddr*>(&address);
  if (listener_ < 0 || ::bind(listener_, general, size) != 0 || ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, general, &size) != 0) {
    if (listener_ >= 0) ::close(listener_);
    throw std::runtime_error("no socket on 127.0.0.1");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::jthread([this] { accept_all(); });
}

LoopbackServer::~LoopbackServer() {
  is_over_ = true;
  acceptor_.join();
  connections_.clear();
  ::close(listener_);
}

std::string LoopbackServer::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + "/" + path;
}

std::vector<HttpRequest> LoopbackServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void LoopbackServer::accept_all() {
  while (!is_over_) {
    if (!is_readable(listener_)) continue;
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket >= 0) connections_.emplace_back([this, socket] { serve(socket); });
  }
}

void LoopbackServer::serve(int socket) {
  std::string head;
  while (!is_over_ && head.find("\r\n\r\n") == std::string::npos && head.size() < largest_request) {
    char block[4096];
    if (!is_readable(socket)) continue;
    const ssize_t count = ::recv(socket, block, sizeof(block), 0);
    if (count <= 0) break;
    head.append(block, static_cast<size_t>(count));
  }
  if (head.find("\r\n\r\n") != std::string::npos) {
    const HttpRequest request = parse(head);
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
    }
    handler_(request, HttpConnection(socket, is_over_));
  }
  ::shutdown(socket, SHUT_WR);
  ::close(socket);
}

void offer_file(const HttpRequest& request, const HttpConnection& connection,
                std::string_view content, const FileOffer& offer) {
  size_t start = 0;
  const std::string range = request.header("range");
  const std::string only_if = request.header("if-range");
  const bool is_part =
      offer.has_ranges && range.starts_with("bytes=") && (only_if.empty() || only_if == offer.etag);
  if (is_part) start = std::stoull(range.substr(6));
  std::ostringstream head;
  if (is_part && start >= content.size()) {
    connection.send("HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\n\r\n");
    return;
  }
  head << (is_part ? "HTTP/1.1 206 Partial Content\r\n" : "HTTP/1.1 200 OK\r\n");
  head << "Connection: close\r\n";
  if (!offer.etag.empty()) head << "ETag: " << offer.etag << "\r\n";
  if (offer.has_length) head << "Content-Length: " << content.size() - start << "\r\n";
  if (is_part)
    head << "Content-Range: bytes " << start << "-" << content.size() - 1 << "/" << content.size()
         << "\r\n";
  connection.send(head.str() + "\r\n");
  const std::string_view body = content.substr(start);
  if (offer.stall_after >= 0) {
    connection.send(body.substr(0, static_cast<size_t>(offer.stall_after)));
    connection.stall();
  } else {
    connection.send(offer.cut_after < 0 ? body
                                        : body.substr(0, static_cast<size_t>(offer.cut_after)));
  }
}

}  // namespace thaw::testing
