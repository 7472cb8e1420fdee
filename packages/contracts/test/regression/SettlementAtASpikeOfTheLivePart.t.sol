// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {LadderTest} from "../utils/LadderTest.sol";
import {PythErrors} from "@pythnetwork/pyth-sdk-solidity/PythErrors.sol";

/// @dev T40: the collateral's feed is dead and that of the base is alive. The account that settled the market first
/// stored a spike of the base's price, of any moment since.
contract SettlementAtASpikeOfTheLivePartTest is LadderTest {
    bytes32 private constant USDC = keccak256("USDC/USD");
    uint256 private constant DIED = START + 10;
    bytes[] private none;

    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        c.feed.floatFee = 2;
        c.feed.collateral.pythId = USDC;
        (c.feed.collateral.maxAge, c.feed.collateral.maxExecutionAge) = (60, 60);
        (c.feed.collateral.maxLiquidationAge, c.feed.collateral.maxSkew) = (60, 10);
    }

    /// @dev Also called by the fixture, with both parts.
    function setUp() public override {
        super.setUp();
        vm.warp(DIED - 5);
        _store(FEED, 2000e8, DIED - 5);
        _store(USDC, 1e8, DIED - 5);
        addMargin(alice, 50_000 * USD);
        buy(alice, maker, 100e18);
        vm.warp(DIED);
        _store(USDC, 1e8, DIED);
    }

    /// @dev 100 base settled at 2,200: +20,000 for their owner, at the expense of the maker.
    function test_T40_Settlement_AtTheFirstPriceSinceTheDeath_IsNoChoice() public {
        uint256 fee = 1;
        skip(3 days);
        _store(FEED, 2200e8, timestamp());
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.NeedsLivePart.selector, FEED, DIED));
        backstop.announceSettlement(market, none);
        // Of all updates of the base, the first one since the death of the collateral's feed is valid.
        bytes[] memory spike = _update(2200e8, timestamp(), timestamp() - 1);
        vm.expectRevert(PythErrors.PriceFeedNotFoundWithinRange.selector);
        backstop.announceSettlement{value: fee}(market, spike);
        bytes[] memory first = _update(2002e8, DIED + 1, DIED - 1);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.FeeNotCovered.selector, 1, 0));
        backstop.announceSettlement(market, first);
        vm.deal(stranger, 10);
        vm.prank(stranger);
        backstop.announceSettlement{value: 10}(market, first);
        assertEq(stranger.balance, 9, "the rest comes back");
        assertEq(backstop.announcedPriceOf(market), 2002e18);

        // Later updates of the live part change nothing.
        skip(1 days);
        _store(FEED, 2300e8, timestamp());
        backstop.settleMarket(market);
        assertEq(backstop.settlementPriceOf(market), 2002e18);
        backstop.settleAccount(market, alice);
        backstop.settleAccount(market, maker);
        assertEq(marginOf(alice), 50_200e18);
        assertEq(marginOf(maker), 1_000_000e18 - 200e18);
    }

    /// @dev The roles of the parts follow their publish times.
    function test_T40_Settlement_OfADeadBase() public {
        _store(FEED, 1990e8, DIED);
        skip(1);
        _store(USDC, 1e8, DIED + 1);
        skip(3 days);
        bytes[] memory first = new bytes[](1);
        first[0] = pyth.createPriceFeedUpdateData(USDC, 0.5e8, 0, -8, 1, 0, uint64(DIED), uint64(DIED - 1));
        assertEq(oracle.settlementTime(market), DIED);
        backstop.announceSettlement{value: 1}(market, first);
        assertEq(backstop.announcedPriceOf(market), 3980e18);
    }

    /// @dev Two parts that died in the same second need no data.
    function test_T40_Settlement_OfTwoPartsThatDiedTogether() public {
        _store(FEED, 1990e8, DIED);
        skip(3 days);
        backstop.announceSettlement(market, none);
        assertEq(backstop.announcedPriceOf(market), 1990e18);
    }

    function _update(int64 price, uint256 time, uint256 previous) private view returns (bytes[] memory data) {
        data = new bytes[](1);
        data[0] = pyth.createPriceFeedUpdateData(FEED, price, 0, -8, price, 0, uint64(time), uint64(previous));
    }

    function _store(bytes32 id, int64 price, uint256 time) private {
        bytes[] memory data = new bytes[](1);
        data[0] = pyth.createPriceFeedUpdateData(id, price, 0, -8, price, 0, uint64(time), uint64(time - 1));
        pyth.updatePriceFeeds{value: 1}(data);
    }
}
