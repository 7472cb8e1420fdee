// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ILpVault} from "../../src/interfaces/ILpVault.sol";
import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {LpSettlement} from "../../src/makers/lp/LpSettlement.sol";
import {LpProtectionTest} from "../utils/LpProtectionTest.sol";
import {MakerKind} from "../utils/MakerKind.sol";

/// @dev T54: the feed of the market died. LPs that had entered through the queue got `NotWhitelistLp` from the maker, and
/// their requests waited for a price that never came.
abstract contract SharesWithoutAPriceSuite is LpProtectionTest {
    /// @dev Carol and the first LP leave with their parts of everything that the maker holds. Nothing remains.
    function test_T54_SettledMarket_LpOfTheQueueLeaves() public {
        uint256 shares = enter(carol, xcd(20e18));
        giveInventory();
        vm.prank(carol);
        vm.expectRevert(abi.encodeWithSelector(ILpVault.NotWhitelistLp.selector, carol));
        maker.withdraw(shares);
        _settleMarket();
        // Until the maker's position is closed at the settlement price.
        vm.prank(carol);
        vm.expectPartialRevert(IPriceOracle.StalePrice.selector);
        maker.withdraw(shares);
        backstop.settleAccount(market, address(maker));
        backstop.settleAccount(market, alice);

        (uint256 assets, uint256 base, uint256 quote) = _holdings();
        uint256 supply = maker.totalSupply();
        assertEq(maker.maxRedeem(carol), shares);
        uint256 heldUsd = usd.balanceOf(carol);
        vm.prank(carol);
        uint256 paid = maker.withdraw(shares);
        assertApproxEqRel(paid, assets * shares / supply, 1e12, "her part");
        if (kind == MakerKind.SpotHedgeBase) {
            assertApproxEqAbs(usd.balanceOf(carol) - heldUsd, quote * shares / supply, 1, "of the collateral, too");
        }
        if (kind == MakerKind.SpotHedgeQuote) assertApproxEqRel(weth.balanceOf(carol), base * shares / supply, 1e12);
        uint256 rest = maker.balanceOf(lp);
        vm.prank(lp);
        uint256 left = maker.withdraw(rest);
        assertApproxEqRel(left, assets * rest / supply, 1e12, "the other LP loses nothing");
        assertEq(maker.totalSupply(), 0);
    }

    /// @dev A settled market takes no deposits.
    function test_T54_SettledMarket_TakesNoDeposit() public {
        _settleMarket();
        assertEq(maker.maxDeposit(carol), 0);
        token.mint(carol, xcd(1e18));
        vm.startPrank(carol);
        token.approve(address(maker), xcd(1e18));
        vm.expectRevert(abi.encodeWithSelector(ILpVault.NotWhitelistLp.selector, carol));
        maker.deposit(xcd(1e18));
    }

    /// @dev Before the settlement: the redemption settles without a price, past a deposit that waits for one.
    function test_T54_DeadFeed_RedemptionFromAFlatMakerSettles() public {
        uint256 shares = enter(carol, xcd(20e18));
        skip(1 days);
        uint256 deposited = requestDeposit(dave, xcd(5e18));
        uint256 id = requestRedeem(carol, shares);
        skip(DELAY);
        (bool settlesNow, bytes memory reason, uint256 latestAt) = requests.settlementOf(id);
        assertTrue(settlesNow);
        assertEq(reason, "");
        assertEq(latestAt, timestamp() + VALIDITY);
        uint256 paid = keeper.balance;
        vm.expectEmit(true, true, false, false, address(requests));
        emit LpSettlement.RequestSettled(id, carol, false, 0, 0, 0, 0);
        assertEq(clearExpired(), 1);
        assertEq(keeper.balance - paid, KEEPER_FEE);
        assertEq(requests.head(), deposited, "the deposit keeps its place");
        assertEq(requests.pendingDepositRequest(deposited, dave), xcd(5e18));
        uint256 fees = feeOf(xcd(20e18)) + feeOf(xcd(20e18) - feeOf(xcd(20e18)));
        assertApproxEqRel(claimAssets(carol), xcd(20e18) - fees, 1e14);
    }

    /// @dev With a position the value depends on the price: nothing settles without one.
    function test_T54_DeadFeed_MakerWithAPositionWaits() public {
        uint256 shares = enter(carol, xcd(20e18));
        giveInventory();
        uint256 id = requestRedeem(carol, shares);
        skip(DELAY);
        vm.expectRevert(abi.encodeWithSelector(LpSettlement.NothingToSettle.selector, id, id));
        this.settleNothing();
        assertEq(requests.pendingRedeemRequest(id, carol), shares);
    }

    function settleNothing() external {
        clearExpired();
    }

    function _settleMarket() private {
        skip(3 days);
        backstop.announceSettlement(market, new bytes[](0));
        skip(1 days);
        backstop.settleMarket(market);
    }

    /// @dev The holdings of a flat maker, in the decimals of each token.
    function _holdings() private view returns (uint256 assets, uint256 base, uint256 quote) {
        quote = uint256(marginOf(address(maker))) / 1e12;
        if (kind == MakerKind.Oracle) assets = quote;
        else if (kind == MakerKind.SpotHedgeBase) assets = shb.assetBalance();
        else (assets, base) = (shq.assetBalance() + quote, shq.baseBalance());
    }
}

contract OracleMakerSharesWithoutAPriceTest is LpProtectionTest(MakerKind.Oracle), SharesWithoutAPriceSuite {}

contract SpotHedgeBaseMakerSharesWithoutAPriceTest is
    LpProtectionTest(MakerKind.SpotHedgeBase),
    SharesWithoutAPriceSuite
{
    /// @dev A minimum is compared with collateral in kind at the request's own price, which no keeper may choose: such a
    /// request waits for it.
    function test_T54_MinimumOfABaseVault_WaitsForItsPrice() public {
        uint256 shares = enter(carol, xcd(20e18));
        uint256 id = requestRedeem(carol, shares, 1, 0);
        skip(DELAY);
        vm.expectRevert(abi.encodeWithSelector(LpSettlement.NothingToSettle.selector, id, id));
        this.settleNothing();
    }
}

contract SpotHedgeQuoteMakerSharesWithoutAPriceTest is
    LpProtectionTest(MakerKind.SpotHedgeQuote),
    SharesWithoutAPriceSuite
{}
