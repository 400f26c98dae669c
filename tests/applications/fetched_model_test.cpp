// Models that are named by an address, from a server in this test.

#include "thaw/applications/fetched_model.h"

#include <gtest/gtest.h>

#include "support/error_of.h"
#include "support/loopback_server.h"
#include "support/temporary_folder.h"
#include "thaw/core/files.h"
#include "thaw/formats/model_file.h"

namespace thaw::applications {
namespace {

using thaw::testing::contains;
using thaw::testing::Environment;
using thaw::testing::error_of;
using thaw::testing::HttpConnection;
using thaw::testing::HttpRequest;
using thaw::testing::LoopbackServer;

class FetchedModels : public ::testing::Test {
 protected:
  void answer(const HttpRequest& request, const HttpConnection& connection) const {
    thaw::testing::offer_file(request, connection, content);
  }

  thaw::testing::TemporaryFolder folder;
  Environment home{"THAW_HOME", (folder / "home").string()};
  std::string content = read_file(std::filesystem::path(THAW_SOURCE_FOLDER) /
                                  "tests/golden/tensorflow/archive.tar.gz");
  LoopbackServer server{[this](const HttpRequest& request, const HttpConnection& connection) {
    answer(request, connection);
  }};
};

TEST_F(FetchedModels, are_fetched_once_and_read) {
  const std::string address = server.url("hub/small/5?tf-hub-format=compressed");
  const auto file = fetch_model(address);
  EXPECT_EQ(read_file(file), content);
  EXPECT_EQ(load_model(file).inputs()[0].shape(), Shape({16, 16, 3}));
  EXPECT_EQ(fetch_model(address), file);
  EXPECT_EQ(server.requests().size(), 1U);
  EXPECT_EQ(server.requests()[0].path, "/hub/small/5?tf-hub-format=compressed");
  EXPECT_NE(fetch_model(server.url("hub/small/6")), file);
}

TEST_F(FetchedModels, that_are_web_pages_are_refused_and_not_kept) {
  content = "<!DOCTYPE html><html></html>";
  const std::string address = server.url("models/small");
  for (int i = 0; i < 2; ++i) {
    const std::string error = error_of([&] { (void)fetch_model(address); });
    EXPECT_TRUE(contains(error, "a web page")) << error;
    EXPECT_TRUE(contains(error, address)) << error;
  }
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST(ModelAddresses, of_hubs_are_those_of_their_archives) {
  EXPECT_TRUE(is_address("https://tfhub.dev/x"));
  EXPECT_FALSE(is_address("models/https"));
  EXPECT_EQ(archive_address("https://tfhub.dev/google/imagenet/resnet_50/classification/5"),
            "https://tfhub.dev/google/imagenet/resnet_50/classification/5"
            "?tf-hub-format=compressed");
  EXPECT_EQ(archive_address("https://www.kaggle.com/models/google/mobilenet-v2/tensorFlow2/"
                            "035-96-feature-vector/2"),
            "https://www.kaggle.com/api/v1/models/google/mobilenet-v2/tensorFlow2/"
            "035-96-feature-vector/2/download");
  for (const char* other : {"https://example.org/models/a.tar.gz", "https://tfhub.dev/a/1?b=c",
                            "https://www.kaggle.com/api/v1/models/a/b/c/d/1/download"})
    EXPECT_EQ(archive_address(other), other);
}

}  // namespace
}  // namespace thaw::applications
