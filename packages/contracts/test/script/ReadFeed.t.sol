// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Deploy} from "../../script/Deploy.s.sol";
import {Feed} from "../../src/types/Feed.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev Defaults of the feed in a deployment's JSON. Pyth charges 1 wei for an update.
contract DeployReadFeedTest is ExchangeTest {
    string private constant FEED_ID = "0x00000000000000000000000000000000000000000000000000000000000000aa";
    string private constant COLLATERAL_ID = "0x00000000000000000000000000000000000000000000000000000000000000bb";

    function test_ReadFeed_PlainFeed() public {
        Feed memory feed;
        feed.pythId = bytes32(uint256(0xaa));
        (feed.maxAge, feed.maxExecutionAge, feed.maxLiquidationAge) = (60, 30, 10);
        (feed.maxConfidence, feed.floatFee) = (10_000, 1);
        assertEq(abi.encode(_read("")), abi.encode(feed));
    }

    function test_ReadFeed_EveryField() public {
        string memory more = string.concat(
            ",\"maxLiquidationAge\":20,\"freshAge\":12,\"maxConfidence\":5000,\"maxDeviation\":10000,\"heartbeat\":3600,\"minAnswer\":5,\"maxAnswer\":6",
            ",\"aggregator\":\"",
            vm.toString(alice),
            "\",\"fallbackAge\":7200,\"sequencerFeed\":\"",
            vm.toString(bob),
            "\",\"sequencerGracePeriod\":1800,\"collateral\":{\"pythId\":\"",
            COLLATERAL_ID,
            "\",\"maxAge\":120,\"maxExecutionAge\":40,\"maxSkew\":3,\"minAnswer\":7,\"maxAnswer\":8,\"heartbeat\":7200,\"aggregator\":\"",
            vm.toString(keeper),
            "\"}"
        );
        Feed memory feed;
        feed.pythId = bytes32(uint256(0xaa));
        (feed.maxAge, feed.maxExecutionAge, feed.maxLiquidationAge, feed.fallbackAge) = (60, 30, 20, 7200);
        feed.freshAge = 12;
        (feed.maxConfidence, feed.maxDeviation, feed.floatFee) = (5000, 10_000, 2);
        (feed.aggregator, feed.heartbeat) = (alice, 3600);
        (feed.sequencerFeed, feed.sequencerGracePeriod) = (bob, 1800);
        feed.collateral.pythId = bytes32(uint256(0xbb));
        (feed.collateral.maxAge, feed.collateral.maxExecutionAge, feed.collateral.maxLiquidationAge) = (120, 40, 10);
        (feed.collateral.aggregator, feed.collateral.heartbeat) = (keeper, 7200);
        (feed.collateral.maxSkew, feed.collateral.minAnswer, feed.collateral.maxAnswer) = (3, 7, 8);
        (feed.minAnswer, feed.maxAnswer) = (5, 6);
        assertEq(abi.encode(_read(more)), abi.encode(feed));
        assertEq(_read(",\"floatFee\":\"7\"").floatFee, 7);
    }

    /// @dev T41: with a second source, Pyth counts as dead after an hour, unless the JSON states an age.
    function test_ReadFeed_FallbackAge() public {
        string memory more =
            string.concat(",\"aggregator\":\"", vm.toString(alice), "\",\"heartbeat\":3600,\"maxDeviation\":10000");
        assertEq(_read(more).fallbackAge, 1 hours);
    }

    /// @dev Pyth's contracts read the number of updates from each header, and may charge per transaction as well.
    function test_ReadFeed_FloatFee_IsPythsCharge() public {
        AccumulatorFees source = new AccumulatorFees();
        string memory own = string.concat(",\"pyth\":\"", vm.toString(address(source)), "\"");
        assertEq(_read(own).floatFee, 7 + 3);
        own = string.concat(
            own, ",\"collateral\":{\"pythId\":\"", COLLATERAL_ID, "\",\"maxAge\":120,\"maxExecutionAge\":40}"
        );
        assertEq(_read(own).floatFee, 2 * 7 + 3);
    }

    function test_ReadFeed_RevertIf_PythsFeeIsUnknown() public {
        AccumulatorFees source = new AccumulatorFees();
        source.refuse();
        string memory own = string.concat(",\"pyth\":\"", vm.toString(address(source)), "\"");
        vm.expectRevert(abi.encodeWithSelector(Deploy.UpdateFeeUnknown.selector, address(source)));
        this.read(own);
        // A fee in the JSON needs no estimate.
        assertEq(_read(string.concat(own, ",\"floatFee\":\"7\"")).floatFee, 7);
    }

    function read(string calldata more) external returns (Feed memory) {
        return _read(more);
    }

    function _read(string memory more) private returns (Feed memory) {
        Deploy script = Deploy(deployCode(vm.envOr("DEPLOY_ARTIFACT", string("Deploy.s.sol:Deploy"))));
        string memory required =
            string.concat("{\"feed\":{\"pythId\":\"", FEED_ID, "\",\"maxAge\":60,\"maxExecutionAge\":30");
        return script.readFeed(string.concat(required, more, "}}"), address(pyth));
    }
}

/// @dev Charges like Pyth's contract: for the number of updates that the header of each blob states, at its place in
/// the format, and once per call. Reverts for data without the header of an accumulator update.
contract AccumulatorFees {
    error InvalidUpdateData();
    bool private _refuses;

    function refuse() external {
        _refuses = true;
    }

    function getUpdateFee(bytes[] calldata updateData) external view returns (uint256) {
        if (_refuses) revert InvalidUpdateData();
        uint256 updates;
        for (uint256 i = 0; i < updateData.length; ++i) {
            bytes calldata data = updateData[i];
            bool isHeaded = bytes4(data[0:4]) == 0x504e4155 && data[4] == 0x01;
            // The type of the update, after a trailing header of the length that byte 6 states.
            uint256 offset = 7 + uint8(data[6]);
            if (!isHeaded || data[offset] != 0) revert InvalidUpdateData();
            uint256 proofSize = uint16(bytes2(data[offset + 1:offset + 3]));
            updates += uint8(data[offset + 3 + proofSize]);
        }
        return updates * 7 + 3;
    }
}
