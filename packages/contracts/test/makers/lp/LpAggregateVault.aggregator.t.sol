// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC7575} from "../../../src/interfaces/IERC7575.sol";
import {AggregatorNode} from "../../utils/AggregatorNode.sol";
import {LpAggregateVaultTest} from "../../utils/LpAggregateVaultTest.sol";
import {MakerKind} from "../../utils/MakerKind.sol";

/// @dev An aggregator goes through a whole life of its stake without ether or code for this exchange.
abstract contract LpAggregatorSuite is LpAggregateVaultTest {
    AggregatorNode internal node;

    function setUp() public override {
        super.setUp();
        node = new AggregatorNode(IERC7575(address(aggregate)));
        aggregate.prepay{value: 10 * KEEPER_FEE}(address(node));
    }

    /// @dev It counts its stake at each step, less the entry fee.
    function test_Aggregator_SeesItsStakeAtEveryStep() public {
        giveInventory();
        refreshPrice(START_PRICE);
        uint256 assets = xcd(10e18);
        token.mint(address(node), assets);
        assertEq(node.invest(assets), 0);
        assertEq(node.invested(), assets);
        settleAt(START_PRICE);
        assertEq(node.invested(), assets);
        uint256 shares = node.mintClaimable();
        assertApproxEqRel(node.invested(), assets - feeOf(assets), 1e14);
        refreshPrice(START_PRICE);
        assertEq(node.divest(shares), 0);
        uint256 stake = node.invested();
        assertApproxEqRel(stake, assets - feeOf(assets), 1e14);
        settleAt(START_PRICE);
        assertApproxEqRel(node.invested(), stake, 1e14);
        uint256 paid = node.withdrawClaimable();
        assertApproxEqRel(paid, stake - feeOf(stake), 1e14);
        assertEq(node.invested(), 0);
        assertEq(token.balanceOf(address(node)), paid);
        assertEq(address(node).balance, 0);
    }

    /// @dev A deposit that comes back: any account delivers it.
    function test_Aggregator_GetsReturnedAssets() public {
        uint256 assets = xcd(10e18);
        token.mint(address(node), assets);
        node.invest(assets);
        vm.prank(owner());
        maker.setLpRules(1, 500);
        settleAt(START_PRICE);
        assertEq(node.invested(), 0);
        vm.prank(stranger);
        aggregate.pushReturned(address(node), true);
        assertEq(token.balanceOf(address(node)), assets);
    }
}

contract OracleMakerAggregatorTest is LpAggregatorSuite {
    constructor() LpAggregateVaultTest(MakerKind.Oracle) {}
}

contract SpotHedgeBaseMakerAggregatorTest is LpAggregatorSuite {
    constructor() LpAggregateVaultTest(MakerKind.SpotHedgeBase) {}

    /// @dev A flat base vault with collateral pays an aggregator in base only.
    function test_Aggregator_IsPaidInItsAsset() public {
        token.mint(address(node), xcd(10e18));
        node.invest(xcd(10e18));
        settleAt(START_PRICE);
        uint256 shares = node.mintClaimable();
        earnQuote();
        refreshPrice(START_PRICE);
        uint256 stake = node.invested();
        node.divest(shares);
        settleAt(START_PRICE);
        assertApproxEqRel(node.withdrawClaimable(), stake - feeOf(stake), 1e14);
        assertEq(usd.balanceOf(address(node)), 0);
    }
}

contract SpotHedgeQuoteMakerAggregatorTest is LpAggregatorSuite {
    constructor() LpAggregateVaultTest(MakerKind.SpotHedgeQuote) {}
}
