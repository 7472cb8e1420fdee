// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ILpVault} from "../../../src/interfaces/ILpVault.sol";
import {LpSettlement} from "../../../src/makers/lp/LpSettlement.sol";
import {LpProtectionTest} from "../../utils/LpProtectionTest.sol";
import {MakerKind} from "../../utils/MakerKind.sol";

/// @dev The calls of ERC-7540 have no parameter for a minimum: 1% below the result of a settlement at the request.
abstract contract LpStandardCallSuite is LpProtectionTest {
    function _standardDeposit(uint256 assets) internal returns (uint256) {
        token.mint(carol, assets);
        vm.prank(carol);
        return requests.requestDeposit{value: KEEPER_FEE}(assets, carol, carol);
    }

    function _standardRedeem(uint256 shares) internal returns (uint256) {
        vm.prank(carol);
        return requests.requestRedeem{value: KEEPER_FEE}(shares, carol, carol);
    }

    function test_T6_DefaultMinimum_IsBelowTheQuote() public {
        uint256 shares = enter(carol, xcd(20e18));
        giveInventory();
        refreshPrice(START_PRICE);
        (, uint256 quoted) = requests.quoteDeposit(xcd(5e18));
        uint256 id = _standardDeposit(xcd(5e18));
        assertEq(stateOf(id).minOut, quoted * 99 / 100);
        assertEq(requests.defaultMinimum(true, xcd(5e18), false), quoted * 99 / 100);
        (, uint256 assets,) = requests.quoteRedeem(shares);
        id = _standardRedeem(shares);
        assertEq(stateOf(id).minOut, assets * 99 / 100);
        assertEq(settleAt(START_PRICE), 2, "at the same price both settle");
        assertEq(requests.claimableRedeemRequest(id, carol), shares);
    }

    /// @dev A price that has moved against the LP returns its request. Without the minimum it would have bought fewer shares.
    function test_T6_DefaultMinimum_ReturnsAWorseDeposit() public {
        giveInventory();
        refreshPrice(START_PRICE);
        uint256 id = _standardDeposit(xcd(5e18));
        uint256 plain = requestDeposit(dave, xcd(5e18));
        uint256 total = maker.totalAssets();
        // A gain of the maker of 5% of its assets.
        _donate(total / 20);
        settleAt(START_PRICE);
        assertEq(requests.claimableCancelDepositRequest(id, carol), xcd(5e18));
        assertEq(requests.claimableDepositRequest(plain, dave), xcd(5e18));
    }

    function test_DefaultMinimum_IsZeroWithoutAPrice() public {
        uint256 shares = enter(carol, xcd(20e18));
        skip(1 days);
        uint256 id = _standardDeposit(xcd(5e18));
        assertEq(stateOf(id).minOut, 0);
        id = _standardRedeem(shares / 2);
        assertEq(stateOf(id).minOut, 0);
        assertEq(requests.defaultMinimum(false, shares, true), 0);
    }

    /// @dev Beyond the capacity of the maker the minimum is that of the part, in proportion.
    function test_DefaultMinimum_OfAPart() public {
        uint256 cap = maker.totalAssets() + xcd(10e18);
        uint256 whole = requests.defaultMinimum(true, xcd(10e18), false);
        vm.prank(owner());
        maker.setLpRules(uint128(cap), 500);
        assertApproxEqRel(requests.defaultMinimum(true, xcd(20e18), false), 2 * whole, 1e12);
        vm.prank(owner());
        maker.setLpRules(1, 500);
        assertEq(requests.defaultMinimum(true, xcd(20e18), false), 0, "nothing would settle");
    }

    function testFuzz_DefaultMinimum_NeverReverts(bool isDeposit, uint256 amount, bool isAssetOnly) public view {
        requests.defaultMinimum(isDeposit, amount, isAssetOnly);
    }

    /// @dev Assets that all holders gain: a spread of the maker in tests.
    function _donate(uint256 amount) internal virtual;
}

contract OracleMakerStandardCallTest is LpProtectionTest(MakerKind.Oracle), LpStandardCallSuite {
    function _donate(uint256 amount) internal override {
        giveMargin(address(om), amount);
    }
}

contract SpotHedgeBaseMakerStandardCallTest is LpProtectionTest(MakerKind.SpotHedgeBase), LpStandardCallSuite {
    function _donate(uint256 amount) internal override {
        giveMargin(address(shb), quoteXCD(amount * 2000));
    }

    function _earnQuote() private {
        setSpread(shb, 5000);
        addMargin(alice, 900_000 * USD);
        sell(alice, address(shb), 40e18);
        buy(alice, address(shb), 40e18);
        refreshPrice(START_PRICE);
    }

    function _requestInAsset(uint256 shares, uint256 minAssets) private returns (uint256) {
        vm.prank(carol);
        return requests.requestRedeemInAsset{value: KEEPER_FEE}(shares, carol, carol, minAssets, 0);
    }

    /// @dev A flat base vault that holds collateral: carol's part of it is paid in base at the price of the settlement. The
    /// other LP's share keeps its value, and the deposit cap and the queue see no collateral.
    function test_InAsset_FlatVaultPaysBaseOnly() public {
        uint256 shares = enter(carol, 20e18);
        _earnQuote();
        setRequestFee(0);
        assertGt(marginOf(address(shb)), 0);
        uint256 worth = requests.convertToAssets(shares);
        (, uint256 inKind, uint256 quote) = requests.quoteRedeem(shares);
        assertGt(quote, 0);
        assertLt(inKind, worth, "in kind, a part is collateral");
        uint256 price = maker.sharePrice();
        uint256 id = _requestInAsset(shares, worth - 1e6);
        vm.expectEmit(address(requests));
        emit LpSettlement.RequestSettled(id, carol, false, shares, worth, 0, START_PRICE);
        settleAt(START_PRICE);
        assertEq(requests.maxWithdraw(carol), worth);
        assertEq(requests.claimableQuote(carol), 0);
        assertGe(maker.sharePrice() + 1, price);
        assertEq(claimAssets(carol), worth);
        assertEq(usd.balanceOf(carol), 0);
    }

    /// @dev At another price than that of the request: the collateral buys as much base as it is worth then.
    function testFuzz_InAsset_PaysAtTheRequestsPrice(uint256 price) public {
        price = boundPrice(price, 1500e18, 2500e18);
        uint256 shares = enter(carol, 20e18);
        _earnQuote();
        setRequestFee(0);
        _requestInAsset(shares, 0);
        uint256 supply = maker.totalSupply();
        uint256 held = shb.assetBalance();
        uint256 margin = uint256(marginOf(address(shb)));
        settleAt(price);
        uint256 worth = (held + margin * 1e18 / price) * shares / supply;
        assertApproxEqAbs(requests.maxWithdraw(carol), worth, 1e4);
    }

    /// @dev Base is paid as far as it suffices. The rest returns.
    function test_InAsset_MetInPart() public {
        _earnQuote();
        setRequestFee(0);
        uint256 shares = shb.balanceOf(lp);
        uint256 held = shb.assetBalance();
        vm.deal(lp, 1 ether);
        vm.prank(lp);
        requests.requestRedeemInAsset{value: KEEPER_FEE}(shares, lp, lp, 0, 0);
        settleAt(START_PRICE);
        assertApproxEqAbs(requests.maxWithdraw(lp), held, 1e3);
        assertLe(requests.maxWithdraw(lp), held);
        (, uint256 returned) = requests.returnedOf(lp);
        assertGt(returned, 0);
        assertEq(requests.maxRedeem(lp) + returned, shares);
    }

    /// @dev Base in place of collateral needs the price of the request, also while a redemption in kind needs none.
    function test_InAsset_WaitsForItsPrice() public {
        uint256 shares = enter(carol, 20e18);
        _earnQuote();
        skip(1 days);
        uint256 id = _requestInAsset(shares, 0);
        skip(DELAY);
        vm.expectRevert(abi.encodeWithSelector(LpSettlement.NothingToSettle.selector, id, id));
        this.settleNothing();
        (bool settlesNow,,) = requests.settlementOf(id);
        assertFalse(settlesNow);
        assertEq(settleAt(START_PRICE), 1);
        assertEq(requests.claimableQuote(carol), 0);
    }

    function test_InAsset_MissedMinimum_Returns() public {
        uint256 shares = enter(carol, 20e18);
        _earnQuote();
        uint256 worth = requests.convertToAssets(shares);
        uint256 id = _requestInAsset(shares, worth + 1);
        (bool settlesNow, bytes memory reason,) = requests.settlementOf(id);
        skip(DELAY);
        (settlesNow, reason,) = requests.settlementOf(id);
        assertFalse(settlesNow);
        assertEq(bytes4(reason), ILpVault.LessThanMinimum.selector);
        settleAt(START_PRICE);
        assertEq(requests.claimableCancelRedeemRequest(id, carol), shares);
    }

    function settleNothing() external {
        clearExpired();
    }
}

contract SpotHedgeQuoteMakerStandardCallTest is LpProtectionTest(MakerKind.SpotHedgeQuote), LpStandardCallSuite {
    function _donate(uint256 amount) internal override {
        giveMargin(address(shq), amount);
    }
}
