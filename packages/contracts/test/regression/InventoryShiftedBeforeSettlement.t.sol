// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {LpRequestVaultTest} from "../utils/LpRequestVaultTest.sol";
import {MakerKind} from "../utils/MakerKind.sol";

/// @dev T56: a request is due at P0. Its LP trades against the maker at P1 and then settles the request at P0. Carol owns
/// half of a maker with 2m, of which 1% was worth thousands.
contract InventoryShiftedBeforeSettlementTest is LpRequestVaultTest {
    uint256 private constant P1 = 2020e18;

    constructor() LpRequestVaultTest(MakerKind.Oracle) {}

    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        c.oracleMaker.maxSpread = 500;
    }

    function setUp() public override {
        super.setUp();
        setRequestFee(0);
        enter(carol, 1_000_000 * USD);
        addMargin(alice, 500_000 * USD);
    }

    /// @dev The maker is short at 2,020 and looks richer at 2,000.
    function test_T56_Redemption_PaysTheLesserValue() public {
        uint256 shares = maker.balanceOf(carol);
        uint256 due = _request(false);
        buy(alice, address(om), 400e18);
        uint256 worth = maker.sharePrice();
        _settle(due);
        uint256 paid = claimAssets(carol);
        assertLe(paid, shares * worth / 1e18 / 1e12, "no more than the value at the later price");
        close(alice, address(om));
        // Carol and Alice together, and the LP that stayed.
        assertLe(paid + _moneyOf(alice), 2_000_000 * USD, "the group earns nothing");
        assertGe(maker.totalAssets(), 1_000_000 * USD, "the other LP loses nothing");
    }

    /// @dev The maker is long at 2,020 and looks poorer at 2,000.
    function test_T56_Deposit_PaysTheGreaterValue() public {
        uint256 due = _request(true);
        sell(alice, address(om), 400e18);
        _settle(due);
        close(alice, address(om));
        claimShares(carol);
        assertGe(maker.balanceOf(lp) * maker.sharePrice() / 1e30, 1_000_000 * USD, "the other LP loses nothing");
        uint256 carols = maker.balanceOf(carol) * maker.sharePrice() / 1e30;
        assertLe(carols + _moneyOf(alice), 3_000_000 * USD, "the group earns nothing");
    }

    /// @dev Touches of the market are no fills: the request settles at its own price, as it would have at once.
    function test_T56_AccrualAtALaterPrice_DoesNotCount() public {
        buy(alice, address(om), 100e18);
        uint256 due = _request(false);
        house.accrue(market);
        uint256 snapshot = vm.snapshotState();
        _settle(due);
        uint256 paid = claimAssets(carol);
        vm.revertToState(snapshot);
        // The maker gains at 2,000 what it lost at 2,020: half of 100 x 20.
        uint256 atP1 = maker.balanceOf(address(requests)) * maker.sharePrice() / 1e30;
        assertApproxEqAbs(paid, atP1 + 1000 * USD, 2);
    }

    /// @dev The better price for the requester is never used, in either direction.
    function testFuzz_T56_RequesterGetsTheWorse(uint256 price, uint256 size, bool isDeposit, bool isSale) public {
        uint256 due = _request(isDeposit);
        price = boundPrice(price, 1900e18, 2100e18);
        skip(1);
        setPrice(price);
        size = boundAmount(size, 1e18, 400e18);
        if (isSale) sell(alice, address(om), size);
        else buy(alice, address(om), size);
        uint256 worth = maker.sharePrice();
        _settle(due);
        if (isDeposit) assertLe(requests.maxMint(carol) * worth / 1e30, 1_000_000 * USD + 1);
        else assertLe(requests.maxWithdraw(carol), requests.maxRedeem(carol) * worth / 1e30 + 1);
    }

    /// @dev Creates Carol's request, due at 2,000, and stores the price of 2,020 one second later.
    function _request(bool isDeposit) private returns (uint256 executableAt) {
        uint256 id = isDeposit ? requestDeposit(carol, 1_000_000 * USD) : requestRedeem(carol, maker.balanceOf(carol));
        executableAt = stateOf(id).executableAt;
        vm.warp(executableAt + 1);
        setPrice(P1);
    }

    function _settle(uint256 executableAt) private {
        bytes[][] memory updates = new bytes[][](1);
        updates[0] = firstUpdate(START_PRICE, executableAt);
        assertEq(settleWith(updates), 1);
    }

    /// @dev Fund and margin of a flat account.
    function _moneyOf(address account) private view returns (uint256) {
        return vault.fundOf(account) + uint256(marginOf(account)) / 1e12;
    }
}
